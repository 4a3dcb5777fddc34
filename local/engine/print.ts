import { createHash } from "node:crypto";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { EvaluationError, evaluate, type Evaluated, type Evaluation } from "./evaluate.ts";
import { step, UNKNOWN } from "./values.ts";

const USAGE = `Usage: npm run graph -- [--stack NAME] [--preview] [--root FOLDER]
Prints as JSON every resource that the program declares for a stack (dev unless told).
  --preview  as pulumi preview: what only a deployment could tell is "[unknown]"
  --root     the folder of Pulumi.yaml; this project's own unless told`;

/** The graph fit to be read and compared: secrets hidden, bundles as size and hash, sorted by URN. */
export function printable(graph: Evaluation): unknown {
  const resources = graph.resources.map(printableResource).sort((a, b) => (a.urn < b.urn ? -1 : 1));
  const exports = resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? {};
  return { project: graph.project, stack: graph.stack, region: graph.region, resources, outputs: exports };
}

/** `argv` without node and script. Answers the exit code: 0, 1 if the program fails, 2 for a wrong command line. */
export async function main(
  argv: readonly string[],
  out: (text: string) => void,
  err: (text: string) => void,
): Promise<number> {
  let options;
  try {
    options = parse(argv);
  } catch (error) {
    err(`${(error as Error).message}\n${USAGE}\n`);
    return 2;
  }
  if (options.help) {
    out(`${USAGE}\n`);
    return 0;
  }
  try {
    const { root, stack, preview } = options;
    // Nothing secret is printed, so any stand-in will do.
    const graph = await evaluate({ root, stack, preview, secrets: (key) => `stand-in for ${key}` });
    out(`${JSON.stringify(printable(graph), null, 2)}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    err(`${error.code}: ${error.message}\n`);
    return 1;
  }
}

function parse(argv: readonly string[]) {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      stack: { type: "string", default: "dev" },
      preview: { type: "boolean", default: false },
      root: { type: "string", default: join(import.meta.dirname, "../..") },
      help: { type: "boolean", default: false },
    },
  });
  return values;
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
  if (secrets.has(path)) return "[secret]";
  if (value === UNKNOWN) return "[unknown]";
  if (typeof value !== "object" || value === null) return value;
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
  // A reader such as `head` may have had enough.
  process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => process.exit(code === "EPIPE" ? 0 : 1));
  void main(
    process.argv.slice(2),
    (text) => process.stdout.write(text),
    (text) => process.stderr.write(text),
  ).then((code) => {
    process.exitCode = code;
  });
}
