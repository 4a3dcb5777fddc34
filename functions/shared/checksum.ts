/** S3 uses base64 for SHA-256. Clients can also give 64 hexadecimal digits. */
export const sha256Base64 = (text: string): string =>
  text.length === 64 ? Buffer.from(text, "hex").toString("base64") : text;
