import { join } from "node:path";
import { type Evaluation, evaluate } from "../../packages/local-cloud/src/engine/evaluate.ts";

export const root = join(import.meta.dirname, "../..");

const evaluations = new Map<string, Promise<Evaluation>>();

/** The program's graph, evaluated once a test file. */
export function graphOf(stack: string, preview = false): Promise<Evaluation> {
  const key = `${stack} ${preview}`;
  const known = evaluations.get(key) ?? evaluate({ root, stack, preview });
  evaluations.set(key, known);
  return known;
}
