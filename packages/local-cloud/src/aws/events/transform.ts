import { type BusEvent, toSecond } from "./event.ts";
import { followPath, parsePath, type Path } from "./json-path.ts";

/** Makes the text that a target gets for an event. Throws a plain `Error` if the result is not valid. */
export type Transform = (event: BusEvent, accepted: number) => string;

export interface TransformInputs {
  readonly input?: string | undefined;
  readonly inputPath?: string | undefined;
  readonly inputTransformer?:
    | {
        readonly inputPaths?: Readonly<Record<string, string>> | undefined;
        readonly inputTemplate: string;
      }
    | undefined;
}

interface RuleNames {
  readonly name: string;
  readonly arn: string;
}

type Predefined = (event: BusEvent, rule: RuleNames, accepted: number) => unknown;

const placeholder = /<([^<>\s"]+)>/g;

/** Throws a plain `Error` for inputs that AWS refuses, with AWS's message where it is known. */
export function compileTransform(inputs: TransformInputs, rule: RuleNames, targetId: string): Transform {
  const { input, inputPath, inputTransformer: transformer } = inputs;
  if ([input, inputPath, transformer].filter((each) => each !== undefined).length > 1) {
    throw new Error(
      `Only one of Input, InputPath, or InputTransformer must be provided for target ${targetId}.`,
    );
  }
  if (input !== undefined) {
    requireJson(input, targetId);
    return () => input;
  }
  if (inputPath !== undefined) {
    const path = parsePath(inputPath);
    return (event) => {
      const value = followPath(path, event);
      if (value === undefined) {
        throw new Error(`InputPath ${inputPath} is not in the event.`);
      }
      return JSON.stringify(value);
    };
  }
  return transformer ? fromTemplate(transformer, rule, targetId) : (event) => JSON.stringify(event);
}

function requireJson(text: string, targetId: string): void {
  try {
    JSON.parse(text);
  } catch {
    throw new Error(`JSON syntax error in input for target ${targetId}.`);
  }
}

function fromTemplate(
  { inputPaths = {}, inputTemplate }: NonNullable<TransformInputs["inputTransformer"]>,
  rule: RuleNames,
  targetId: string,
): Transform {
  const paths = new Map<string, Path>();
  for (const [name, path] of Object.entries(inputPaths)) {
    if (name.startsWith("aws.") || !/^[\w-]{1,256}$/.test(name)) {
      throw new Error(`InputPath for target ${targetId} has the invalid name ${name}.`);
    }
    paths.set(name, parsePath(path));
  }
  for (const [, name = ""] of inputTemplate.matchAll(placeholder)) {
    if (!paths.has(name) && !predefined.has(name)) {
      throw new Error(`InputTemplate for target ${targetId} contains invalid placeholder ${name}.`);
    }
  }
  const isJson = inputTemplate.trimStart().startsWith("{");
  return (event, accepted) => {
    const valueOf = (name: string): unknown => {
      const path = paths.get(name);
      const value = path ? followPath(path, event) : predefined.get(name)?.(event, rule, accepted);
      // A path that is not in the event gives an empty string.
      return value ?? "";
    };
    const text = inputTemplate.replace(placeholder, (_, name: string, at: number) =>
      isJson ? inJson(valueOf(name), isQuoted(inputTemplate, at)) : inText(valueOf(name)),
    );
    if (isJson) {
      JSON.parse(text);
    }
    return text;
  };
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html#eb-transform-input-predefined */
const predefined: ReadonlyMap<string, Predefined> = new Map<string, Predefined>([
  ["aws.events.rule-arn", (_event, { arn }) => arn],
  ["aws.events.rule-name", (_event, { name }) => name],
  ["aws.events.event.ingestion-time", (_event, _rule, accepted) => toSecond(accepted)],
  ["aws.events.event.json", (event) => event],
  ["aws.events.event", withoutDetail],
]);

function withoutDetail({ "detail-type": detailType, detail: _, ...rest }: BusEvent): object {
  return { ...rest, detailType };
}

/** Inside quotes, a string adds no quotes. An object or a list inside quotes makes invalid JSON, as on AWS. */
function inJson(value: unknown, quoted: boolean): string {
  const json = JSON.stringify(value);
  return quoted && typeof value === "string" ? json.slice(1, -1) : json;
}

/** A string stays as it is. The JSON of any other value loses its quotes. */
function inText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value).replaceAll('"', "");
}

function isQuoted(template: string, at: number): boolean {
  return template.slice(0, at).replaceAll(/\\./g, "").split('"').length % 2 === 0;
}
