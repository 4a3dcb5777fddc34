/** Transactions name their tables; the program puts the names in as it deploys the code (infra/api.ts). */
export const tables = { assets: "{{assets}}", clientTokens: "{{clientTokens}}" };
