import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { listOf, mapOf, object, text } from "./base/checks.ts";
import { checkStandIns, type StandIns } from "./engine/stand-ins.ts";

/** What the local cloud is to know of a program beyond what the program declares. All of it may be absent. */
export interface LocalCloudConfig {
  /** Users of the program's user pool that every local cloud has, `alice` alone if absent. */
  readonly users?: readonly { readonly username: string; readonly groups?: readonly string[] }[];
  /** Pulumi configuration in place of the stack's own, for local runs only: `myproject:introspection`. */
  readonly config?: Readonly<Record<string, string>>;
  /** For secrets of the stack's configuration, and for outputs of other stacks. */
  readonly standIns?: StandIns;
  /** Operations in the first tabs of GraphiQL. */
  readonly examples?: readonly string[];
  /** Folders at the top of the program's folder whose files are never deployed: a save there reloads nothing. */
  readonly unwatched?: readonly string[];
}

const anyText = text(/^/, "a text");

const check = object({
  users: listOf(
    object({ username: text(/\S/, "a user's name"), groups: listOf(text(/\S/, "a group's name")) }, [
      "username",
    ]),
  ),
  config: mapOf(anyText),
  standIns: checkStandIns,
  examples: listOf(anyText),
  unwatched: listOf(text(/^[^/\\]+$/, "the name of a folder")),
});

const names = ["local-cloud.config.ts", "local-cloud.config.js", "local-cloud.config.mjs"];

/** The default export of `local-cloud.config.ts` in the program's folder. Throws a `TypeError` that names what is wrong. */
export async function loadConfig(root: string): Promise<LocalCloudConfig> {
  const name = names.find((one) => existsSync(join(root, one)));
  if (name === undefined) {
    return {};
  }
  const { default: config } = (await import(pathToFileURL(join(root, name)).href)) as { default?: unknown };
  if (config === undefined) {
    throw new TypeError(`${name} has no default export`);
  }
  check(config, name);
  return config as LocalCloudConfig;
}
