import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { listOf, mapOf, numeric, object, text } from "./base/checks.ts";
import { checkLatency, type Latency } from "./latency.ts";
import { checkStandIns, type StandIns } from "./engine/stand-ins.ts";

/** Settings of the local cloud that a Pulumi program cannot declare. All are optional. */
export interface LocalCloudConfig {
  /**
   * Users that exist in the program's user pool at every start. By default `alice` only, or `alice@example.com` where
   * people sign in by an address. Required attributes that are not given get a value.
   */
  readonly users?: readonly {
    readonly username: string;
    readonly groups?: readonly string[];
    readonly attributes?: Readonly<Record<string, string>>;
  }[];
  /** Overrides the stack's Pulumi configuration in local runs, such as `myproject:introspection`. */
  readonly config?: Readonly<Record<string, string>>;
  /** Values for secrets of the stack's configuration and for outputs of other stacks. */
  readonly standIns?: StandIns;
  /** Operations in the first tabs of GraphiQL. */
  readonly examples?: readonly string[];
  /** Folders at the top of the program's folder that hold nothing it deploys. A save there does not reload. */
  readonly unwatched?: readonly string[];
  /** Milliseconds that each call to a service takes longer, as on AWS: `{ appsync: 30, dynamodb: 5 }`. */
  readonly latency?: Latency;
  /** How often items of DynamoDB tables whose time to live has passed are deleted. Default 60. */
  readonly expiryIntervalSeconds?: number;
}

/** A day. */
const maxExpirySeconds = 86_400;
const anyText = text(/^/, "a text");

const check = object({
  users: listOf(
    object(
      {
        username: text(/\S/, "a user's name"),
        groups: listOf(text(/\S/, "a group's name")),
        attributes: mapOf(anyText),
      },
      ["username"],
    ),
  ),
  config: mapOf(anyText),
  standIns: checkStandIns,
  examples: listOf(anyText),
  latency: checkLatency,
  unwatched: listOf(text(/^[^/\\]+$/, "the name of a folder")),
  expiryIntervalSeconds: numeric(
    `more than 0 and at most ${maxExpirySeconds}`,
    (value) => value > 0 && value <= maxExpirySeconds,
  ),
});

const names = ["local-cloud.config.ts", "local-cloud.config.js", "local-cloud.config.mjs"];

/** The default export of `local-cloud.config.ts` in the program's folder. Throws a `TypeError` that names a wrong setting. */
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
