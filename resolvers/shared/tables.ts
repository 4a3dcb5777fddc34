/** Table names for transactions and batches. infra/ replaces the placeholders when it deploys the code. */
export const tables = {
  assets: "{{assets}}",
  clientTokens: "{{clientTokens}}",
  usage: "{{usage}}",
  erasures: "{{erasures}}",
};
