import { tmpdir } from "node:os";
import { join } from "node:path";

// Commands that tests start find their TypeScript stripped and compiled by the one before.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), "node-compile-cache");

/** Tests run as CommonJS: jest's own module registry, mapping and isolation work there without flags. */
export default {
  testEnvironment: "<rootDir>/test/support/environment.cjs",
  testSequencer: "<rootDir>/test/support/sequencer.cjs",
  testMatch: ["<rootDir>/{test,packages/*/test}/**/*.test.ts"],
  // Built packages have the names of their sources.
  modulePathIgnorePatterns: ["<rootDir>/packages/client/dist"],
  transform: { "\\.[cm]?[jt]s$": "<rootDir>/test/support/transform.cjs" },
  // Packages that ship ES modules only.
  transformIgnorePatterns: [
    "/node_modules/(?!(@actions|@noble/hashes|chokidar|qr|jose|magic-string|readdirp|ulid)/)",
  ],
  moduleNameMapper: {
    // Exported for `import` only.
    "^@actions/(workflow-parser|expressions)$": "<rootDir>/node_modules/@actions/$1/dist/index.js",
    "^@actions/(workflow-parser|expressions)/(.*)$": "<rootDir>/node_modules/@actions/$1/dist/$2.js",
    "^@aws-appsync/utils$": "<rootDir>/packages/local-cloud/src/appsync/utils/index.ts",
    "^@aws-appsync/utils/dynamodb$": "<rootDir>/packages/local-cloud/src/appsync/utils/dynamodb.ts",
  },
  // Ends a test that hangs, and never one that a busy machine slows.
  testTimeout: 240_000,
  // One more than the cores of a small machine: some files wait for queues more than they work.
  maxWorkers: 3,
};
