import { createHash } from "node:crypto";
import { join } from "node:path";
import { parse, run } from "../command.ts";
import { evaluate, type Evaluated, type Evaluation } from "./evaluate.ts";
import { step, UNKNOWN } from "./values.ts";

const usage = `npm run graph -- [--stack NAME] [--preview] [--root FOLDER]
Prints as JSON every resource that the program declares for a stack (dev without --stack).
  --preview  as pulumi preview: outputs that only a deployment computes are "[unknown]"
  --root     the folder of Pulumi.yaml  (this folder)
  --help     print this`;

/** The graph for readers and comparisons: without secrets, bundles as size and hash, sorted by URN. */
export function printable(graph: Evaluation): unknown {
  const resources = graph.resources.map(printableResource).sort((a, b) => (a.urn < b.urn ? -1 : 1));
  const exports = resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? {};
  return { project: graph.project, stack: graph.stack, region: graph.region, resources, outputs: exports };
}

/** Prints the graph of a stack to `out`. Throws `EvaluationError` and `UsageError`. */
export async function main(args: readonly string[], out: (text: string) => void): Promise<number> {
  const { values } = parse(args, {
    stack: { type: "string", default: "dev" },
    preview: { type: "boolean", default: false },
    root: { type: "string", default: process.cwd() },
  });
  // Secrets are not printed, so any value serves.
  const graph = await evaluate({ ...values, standIns: { secrets: (key) => `stand-in for ${key}` } });
  out(`${JSON.stringify(printable(graph), null, 2)}\n`);
  return 0;
}

function printableResource({ secretInputs, secretOutputs, ...resource }: Evaluated) {
  return {
    ...resource,
    inputs: printableValue(resource.inputs, new Set(secretInputs)),
    outputs: printableValue(resource.outputs, new Set(secretOutputs)),
    secretInputs,
    secretOutputs,
  };
}

function printableValue(value: unknown, secrets: ReadonlySet<string>, path = ""): unknown {
  if (secrets.has(path)) {
    return "[secret]";
  }
  if (value === UNKNOWN) {
    return "[unknown]";
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map((item, index) => printableValue(item, secrets, step(path, String(index), true)));
  }
  if (isText(value)) {
    const sha256 = createHash("sha256").update(value.text).digest("hex");
    return { bytes: Buffer.byteLength(value.text), sha256 };
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, printableValue(item, secrets, step(path, key, false))]),
  );
}

/** A `StringAsset`, such as a bundled function. */
function isText(value: object): value is { text: string } {
  return Object.keys(value).join() === "text" && "text" in value && typeof value.text === "string";
}

if (process.argv[1] === join(import.meta.dirname, "print.ts")) {
  run(usage, (args) => main(args, (text) => process.stdout.write(text)));
}
