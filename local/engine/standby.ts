import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const program = process.env["PROGRAM_IN_WAITING"] ?? "";

/**
 * Stands in for a program that is to wait: Pulumi's modules are loaded, the program is not, until the parent says so.
 * Pulumi runs a program that is a function, and takes what it returns for the program's exports.
 */
export default async function standby(): Promise<unknown> {
  createRequire(program)("@pulumi/aws");
  process.channel?.ref();
  await new Promise((run) => process.once("message", run));
  process.channel?.unref();
  return { ...((await import(pathToFileURL(program).href)) as object) };
}
