import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { banner } from "./banner.ts";
import { beforeEnd, parse, readText, run, UsageError, wholeNumber } from "./command.ts";
import { loadConfig, type LocalCloudConfig } from "./config.ts";
import {
  mergeStandIns,
  parseSecret,
  parseStackOutput,
  parseStandIns,
  type StandIns,
} from "./engine/stand-ins.ts";
import { checkLatency, type Latency } from "./latency.ts";
import { type Faults, parseFaults } from "./faults/settings.ts";

const usage = `npm start -- [flags], or npx local-cloud [flags]
  --program DIR  folder of Pulumi.yaml                   (this folder)
  --stack NAME   settings of Pulumi.NAME.yaml            (dev)
  --port N       port on 127.0.0.1; 0 takes a free one   (4566)
  --data DIR     where state is kept                     (DIR/.local)
  --memory       keep no state
  --config K=V   a setting in place of the stack's, such as labelConcurrency=2; may be repeated
  --stand-ins FILE       JSON of values for secrets and for other stacks' outputs  (docs/local-cloud.md)
  --secret KEY=VALUE     in place of an encrypted setting; may be repeated
  --stack-output STACK:NAME=VALUE  in place of another stack's output; may be repeated
  --latency SERVICE=MS   each call to a service takes longer, such as appsync=30; may be repeated
  --faults FILE  JSON of what is to go wrong on purpose  (docs/local-cloud.md)
  --json         print what clients need as one line of JSON; logs go to stderr
  --log FORM     text, a line an event for people, or json, for programs  (text)
  --verbose      log every call
  --help         print this`;

interface Flags {
  readonly root: string;
  readonly stack: string;
  readonly port: number;
  readonly data: string | undefined;
  readonly config: Readonly<Record<string, string>>;
  readonly standIns: StandIns;
  readonly latency: Latency;
  readonly faults: Faults | undefined;
  readonly memory: boolean;
  readonly json: boolean;
  readonly log: "text" | "json";
  readonly verbose: boolean;
}

async function main(args: readonly string[]): Promise<number> {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  // Functions run in threads of this process, and Lambda's clock is UTC.
  process.env["TZ"] = "UTC";
  const { log: form, ...flags } = readFlags(args);
  const stream = flags.json ? process.stderr : process.stdout;
  const write = (line: string) => void stream.write(`${line}\n`);
  const started = performance.now();
  // Imported here, so that a wrong flag is answered immediately.
  const [{ startCloud }, { createLog }, local] = await Promise.all([
    import("./cloud.ts"),
    import("./base/log.ts"),
    readLocalConfig(flags.root),
  ]);
  const colours = stream.isTTY && (process.env["NO_COLOR"] ?? "") === "";
  const log = createLog(flags.verbose ? "debug" : "info", write, {
    json: form === "json",
    colours,
    timeZone,
  });
  const cloud = await startCloud({ ...flags, local, reload: true, console: true, log });
  beforeEnd(() => cloud.stop(), 0);
  if (flags.json) {
    process.stdout.write(`${JSON.stringify(cloud.ready)}\n`);
  } else if (form === "text") {
    write(banner(cloud, flags.stack, performance.now() - started));
  }
  return new Promise(() => undefined);
}

function readFlags(args: readonly string[]): Flags {
  const { values } = parse(args, {
    program: { type: "string", default: process.cwd() },
    stack: { type: "string", default: "dev" },
    port: { type: "string", default: "4566" },
    data: { type: "string" },
    memory: { type: "boolean", default: false },
    config: { type: "string", multiple: true, default: [] },
    "stand-ins": { type: "string" },
    secret: { type: "string", multiple: true, default: [] },
    "stack-output": { type: "string", multiple: true, default: [] },
    latency: { type: "string", multiple: true, default: [] },
    faults: { type: "string" },
    json: { type: "boolean", default: false },
    log: { type: "string", default: "text" },
    verbose: { type: "boolean", default: false },
  });
  const { log, stack, memory, json, verbose } = values;
  if (log !== "text" && log !== "json") {
    throw new UsageError(`--log must be text or json, not ${log}`);
  }
  if (memory && values.data !== undefined) {
    throw new UsageError("--memory keeps no state: leave out --data");
  }
  const root = resolve(values.program);
  if (!existsSync(join(root, "Pulumi.yaml"))) {
    throw new UsageError(`${root} has no Pulumi.yaml: name the folder of a Pulumi program with --program`);
  }
  return {
    ...{ root, log, stack, memory, json, verbose },
    port: wholeNumber("--port", values.port, 0, 65_535),
    config: readConfig(values.config),
    standIns: readStandIns(values["stand-ins"], values.secret, values["stack-output"]),
    latency: readLatency(values.latency),
    faults: values.faults === undefined ? undefined : readJson("--faults", values.faults, parseFaults),
    data: memory ? undefined : (values.data ?? join(root, ".local")),
  };
}

function readConfig(settings: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    settings.map((setting) => {
      const [, name, value] = /^([\w-]+(?::[\w-]+)?)=(.*)$/s.exec(setting) ?? [];
      if (name === undefined || value === undefined) {
        throw new UsageError(`--config must be KEY=VALUE, not ${setting}`);
      }
      return [name, value];
    }),
  );
}

function readLatency(settings: readonly string[]): Latency {
  const latency = Object.fromEntries(
    settings.map((setting) => {
      const [, service, milliseconds] = /^([\w-]+)=(\d+)$/.exec(setting) ?? [];
      if (service === undefined) {
        throw new UsageError(`--latency must be SERVICE=MILLISECONDS, not ${setting}`);
      }
      return [service, Number(milliseconds)];
    }),
  );
  try {
    checkLatency(latency, "--latency");
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  return latency;
}

async function readLocalConfig(root: string): Promise<LocalCloudConfig> {
  try {
    return await loadConfig(root);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function readStandIns(
  file: string | undefined,
  secrets: readonly string[],
  outputs: readonly string[],
): StandIns {
  return mergeStandIns(
    file === undefined ? undefined : readJson("--stand-ins", file, parseStandIns),
    ...secrets.map((given) => parseSecret(given) ?? misshapen("--secret must be KEY=VALUE", given)),
    ...outputs.map(
      (given) => parseStackOutput(given) ?? misshapen("--stack-output must be STACK:NAME=VALUE", given),
    ),
  );
}

function misshapen(expected: string, given: string): never {
  throw new UsageError(`${expected}, not ${given}`);
}

function readJson<Value>(flag: string, file: string, parse: (text: string) => Value): Value {
  const text = readText(flag, file);
  try {
    return parse(text);
  } catch (error) {
    throw new UsageError(`${flag}: ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

run(usage, main);
