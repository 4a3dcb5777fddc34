import { isObject } from "../base/checks.ts";
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { CORE_SCHEMA, load } from "js-yaml";
import { EvaluationError } from "./error.ts";

/** Values for the stack's encrypted settings, by qualified key: `project:webhookSecret`, `project:keys.signing`. */
export type Secrets = Readonly<Record<string, string>> | ((key: string) => string | undefined);

/** The settings of Pulumi.yaml and Pulumi.<stack>.yaml, as the CLI passes them to the program. */
export interface Settings {
  readonly project: string;
  /** The folder that the program runs in, and its entry point there: `.` for package.json's own. */
  readonly folder: string;
  readonly entry: string;
  /** True if Pulumi's ts-node loads the program, false if Node does. */
  readonly typescript: boolean;
  readonly nodeArguments: readonly string[];
  /** By qualified key; objects are JSON. */
  readonly config: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
}

/** Reads both files. Throws an `EvaluationError` ConfigMissing, ConfigInvalid or SecretMissing that names key and file. */
export function readSettings(root: string, stack: string, secrets: Secrets = {}): Settings {
  const project = readYaml(join(root, "Pulumi.yaml"));
  const name = project["name"];
  if (typeof name !== "string") {
    throw invalid("Pulumi.yaml has no name.");
  }
  const stackFile = `Pulumi.${stack}.yaml`;
  const stackSettings = readYaml(join(root, stackFile));
  if ("environment" in stackSettings) {
    throw new EvaluationError(
      "Unsupported",
      `${stackFile}: environments (Pulumi ESC) cannot be read locally.`,
    );
  }
  const stackConfig = section(stackSettings["config"], `${stackFile}: config`);
  const standIn = standIns(stackFile, typeof secrets === "function" ? secrets : finder(secrets, name));
  const values = new Map<string, Value>();
  for (const [key, declaration] of Object.entries(section(project["config"], "Pulumi.yaml: config"))) {
    const given = key in stackConfig || qualified(name, key) in stackConfig;
    const value = projectValue(qualified(name, key), declaration, given, stackFile);
    if (value !== undefined) {
      values.set(qualified(name, key), value);
    }
  }
  for (const [key, raw] of Object.entries(stackConfig)) {
    const value = withStandIns(raw, qualified(name, key), standIn);
    check(qualified(name, key), value.value, schemaOf(project, name, key), stackFile);
    values.set(qualified(name, key), value);
  }
  return {
    project: name,
    ...runtime(root, project),
    config: Object.fromEntries([...values].map(([key, { value }]) => [key, asText(value)])),
    secretKeys: [...values].filter(([, { secret }]) => secret).map(([key]) => key),
  };
}

type Section = Readonly<Record<string, unknown>>;
interface Value {
  readonly value: unknown;
  readonly secret: boolean;
}

/** The value that Pulumi.yaml gives a key: a plain value, `{value}`, or a type with a default. */
function projectValue(key: string, declaration: unknown, given: boolean, file: string): Value | undefined {
  if (!isObject(declaration)) {
    return { value: declaration, secret: false };
  }
  const value = declaration["value"] ?? declaration["default"];
  if (value === undefined) {
    if (given || declaration["type"] === undefined) {
      return undefined;
    }
    throw new EvaluationError("ConfigMissing", `Pulumi.yaml requires ${key}, but ${file} does not set it.`);
  }
  check(key, value, declaration, "Pulumi.yaml");
  return { value, secret: declaration["secret"] === true };
}

function schemaOf(project: Section, name: string, key: string): unknown {
  const config = section(project["config"], "Pulumi.yaml: config");
  const short = key.startsWith(`${name}:`) ? key.slice(name.length + 1) : key;
  return config[key] ?? config[short];
}

function check(key: string, value: unknown, schema: unknown, file: string): void {
  const type = isObject(schema) ? schema["type"] : undefined;
  const matches: Readonly<Record<string, (value: unknown) => boolean>> = {
    array: Array.isArray,
    boolean: (given) => typeof given === "boolean" || given === "true" || given === "false",
    integer: (given) => given !== "" && Number.isInteger(Number(given)),
    object: isObject,
    string: (given) => typeof given !== "object",
  };
  if (typeof type !== "string") {
    return;
  }
  if (matches[type]?.(value) !== true) {
    throw invalid(`${file}: ${key} must be of type ${type}.`);
  }
}

/** Replaces `{secure: ...}` anywhere in a value by its stand-in. That makes the whole key secret, as in Pulumi. */
function withStandIns(raw: unknown, key: string, standIn: (key: string) => string): Value {
  if (isObject(raw) && "secure" in raw) {
    return { value: standIn(key), secret: true };
  }
  if (typeof raw !== "object" || raw === null) {
    return { value: raw, secret: false };
  }
  const items = Object.entries(raw).map(
    ([name, item]) =>
      [name, withStandIns(item, Array.isArray(raw) ? `${key}[${name}]` : `${key}.${name}`, standIn)] as const,
  );
  return {
    value: Array.isArray(raw)
      ? items.map(([, { value }]) => value)
      : Object.fromEntries(items.map(([name, { value }]) => [name, value])),
    secret: items.some(([, { secret }]) => secret),
  };
}

/** A key without a namespace is the project's. */
function finder(secrets: Readonly<Record<string, string>>, project: string) {
  const given = new Map(Object.entries(secrets).map(([key, value]) => [qualified(project, key), value]));
  return (key: string): string | undefined => given.get(key);
}

function standIns(file: string, find: (key: string) => string | undefined) {
  return (key: string): string => {
    const found = find(key);
    if (found !== undefined) {
      return found;
    }
    throw new EvaluationError(
      "SecretMissing",
      `${file}: ${key} is encrypted, and only its owner can decrypt it. Give a value in its place: --secret ${key}=VALUE, or standIns.secrets in local-cloud.config.ts.`,
    );
  };
}

function runtime(root: string, project: Section) {
  const declared = project["runtime"];
  const { name, options } = isObject(declared) ? declared : { name: declared, options: {} };
  if (name !== "nodejs") {
    throw new EvaluationError("Unsupported", "Pulumi.yaml: the runtime must be nodejs.");
  }
  const { typescript, nodeargs } = section(options, "Pulumi.yaml: runtime.options");
  return {
    typescript: typescript !== false,
    nodeArguments: typeof nodeargs === "string" ? nodeargs.split(/\s+/).filter(Boolean) : [],
    ...entryPoint(root, project["main"]),
  };
}

function entryPoint(root: string, main: unknown): { folder: string; entry: string } {
  if (typeof main !== "string") {
    return { folder: root, entry: "." };
  }
  const path = join(root, main);
  if (!existsSync(path)) {
    throw invalid(`Pulumi.yaml: main names ${main}, which does not exist.`);
  }
  return statSync(path).isDirectory()
    ? { folder: path, entry: "." }
    : { folder: dirname(path), entry: basename(path) };
}

function readYaml(file: string): Section {
  if (!existsSync(file)) {
    throw new EvaluationError("ConfigMissing", `There is no ${basename(file)} in ${dirname(file)}.`);
  }
  try {
    return section(load(readFileSync(file, "utf8"), { schema: CORE_SCHEMA }), basename(file));
  } catch (error) {
    if (error instanceof EvaluationError) {
      throw error;
    }
    throw new EvaluationError("ConfigInvalid", `${basename(file)}: ${String(error)}`, { cause: error });
  }
}

function qualified(project: string, key: string): string {
  return key.includes(":") ? key : `${project}:${key}`;
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function section(value: unknown, where: string): Section {
  if (value === undefined || value === null) {
    return {};
  }
  if (!isObject(value)) {
    throw invalid(`${where} must be a mapping.`);
  }
  return value;
}

function invalid(message: string): EvaluationError {
  return new EvaluationError("ConfigInvalid", message);
}
