import { createRequire } from "node:module";
import { join } from "node:path";

/** Requires modules of Pulumi's SDK, and of its own copies of what it uses, as the SDK does. */
export const sdk = createRequire(
  createRequire(join(import.meta.dirname, "sdk.ts")).resolve("@pulumi/pulumi/package.json"),
);
