import { readFileSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Cloud } from "./cloud.ts";
import { type Faults, parseFaults } from "./faults/settings.ts";
import { createLog } from "./log.ts";

const usage = `npm start -- [flags]
  --stack NAME   settings of Pulumi.NAME.yaml            (dev)
  --port N       port on 127.0.0.1; 0 takes a free one   (4566)
  --data DIR     where state is kept                     (.local)
  --memory       keep no state
  --config K=V   a setting in place of the stack's, such as labelConcurrency=2; may be repeated
  --faults FILE  JSON of what is to go wrong on purpose  (docs/local-cloud.md)
  --json         print what clients need as one line of JSON; logs go to stderr
  --verbose      log every call`;

interface Flags {
  readonly stack: string;
  readonly port: number;
  readonly data: string | undefined;
  readonly config: Readonly<Record<string, string>>;
  readonly faults: Faults | undefined;
  readonly json: boolean;
  readonly verbose: boolean;
}

const root = join(import.meta.dirname, "..");

async function main(): Promise<void> {
  // Functions run in threads of this process, and Lambda's clock is UTC.
  process.env["TZ"] = "UTC";
  const flags = readFlags(process.argv.slice(2));
  const write = (line: string) => void (flags.json ? process.stderr : process.stdout).write(`${line}\n`);
  const started = performance.now();
  // A sixth of a start is reading TypeScript that has not changed since the last.
  enableCompileCache();
  const { startCloud } = await import("./cloud.ts");
  const cloud = await startCloud({
    ...flags,
    root,
    reload: true,
    log: createLog(flags.verbose ? "debug" : "info", write),
  });
  endOnSignal(cloud);
  if (flags.json) {
    process.stdout.write(`${JSON.stringify(cloud.ready)}\n`);
  } else {
    write(welcome(cloud, flags.stack, performance.now() - started));
  }
}

function readFlags(args: string[]): Flags {
  const { values } = parseArgs({
    args,
    options: {
      stack: { type: "string", default: "dev" },
      port: { type: "string", default: "4566" },
      data: { type: "string" },
      memory: { type: "boolean", default: false },
      config: { type: "string", multiple: true, default: [] },
      faults: { type: "string" },
      json: { type: "boolean", default: false },
      verbose: { type: "boolean", default: false },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new TypeError(`--port must be 0 to 65535, not ${values.port}`);
  }
  if (values.memory && values.data !== undefined) {
    throw new TypeError("--memory keeps no state: leave out --data");
  }
  const faults = values.faults === undefined ? undefined : readFaults(values.faults);
  const config = readConfig(values.config);
  return {
    ...values,
    port,
    config,
    faults,
    data: values.memory ? undefined : (values.data ?? join(root, ".local")),
  };
}

/** Settings are the program's own: `labelConcurrency=2` stands for `darkroom:labelConcurrency`. */
function readConfig(settings: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    settings.map((setting) => {
      const [, name, value] = /^(\w+)=(.*)$/.exec(setting) ?? [];
      if (name === undefined || value === undefined) {
        throw new TypeError(`--config must be KEY=VALUE, not ${setting}`);
      }
      return [`darkroom:${name}`, value];
    }),
  );
}

function readFaults(file: string): Faults {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new TypeError(`--faults: ${String(error)}`);
  }
  return parseFaults(text);
}

/** Ctrl-C stops everything in order; a second one leaves at once. */
function endOnSignal(cloud: Cloud): void {
  let stopping = false;
  const end = () => {
    if (stopping) {
      process.exit(130);
    }
    stopping = true;
    void cloud.stop().then(() => process.exit(0));
  };
  process.on("SIGINT", end);
  process.on("SIGTERM", end);
}

function welcome({ ready, declaredOnly }: Cloud, stack: string, milliseconds: number): string {
  return [
    "",
    `Darkroom runs the stack ${stack} on this machine, ready in ${(milliseconds / 1000).toFixed(1)} s`,
    `  GraphQL     ${ready.graphqlUrl}   (TLS: ${ready.graphqlTlsUrl}, CA: ${ready.caFile})`,
    `  Real time   ${ready.realtimeUrl}`,
    `  AWS APIs    AWS_ENDPOINT_URL=${ready.endpointUrl}   region ${ready.region}`,
    `  User pool   ${ready.userPoolId}, client ${ready.userPoolClientId}`,
    `  Bucket      ${ready.bucket}`,
    `  Mail        npm run mail -- --file ${ready.mailFile}   (codes and temporary passwords)`,
    ...ready.users.map(
      ({ username, password, groups }) =>
        `  ${username.padEnd(11)} ${password}${groups.length > 0 ? `   (${groups.join(", ")})` : ""}`,
    ),
    `  Declared, without a life here: ${declaredOnly.length} resources (${kinds(declaredOnly)})`,
    "Ctrl-C stops it.",
    "",
  ].join("\n");
}

const kinds = (resources: readonly string[]): string =>
  [...new Set(resources.map((resource) => resource.split(" ")[0]?.split(":").at(-1)))].sort().join(", ");

main().catch((error: unknown) => {
  const wrongFlags = error instanceof TypeError;
  process.stderr.write(
    `${error instanceof Error ? error.message : String(error)}\n${wrongFlags ? `\n${usage}\n` : ""}`,
  );
  process.exit(wrongFlags ? 2 : 1);
});
