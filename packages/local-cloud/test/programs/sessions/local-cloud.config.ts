export default { expiryIntervalSeconds: 0.2 };
