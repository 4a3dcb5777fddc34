import { isDeepStrictEqual } from "node:util";
import type { EvaluateCodeAnswer } from "../../packages/local-cloud/src/appsync/runtime/evaluate-code.ts";
import type { Case } from "./cases.ts";

/** An answer of AWS's SDK, or of ours. */
export interface Answer {
  readonly evaluationResult?: string | undefined;
  readonly error?:
    | {
        readonly message?: string | undefined;
        readonly codeErrors?:
          readonly { readonly location?: { readonly line?: number | undefined } | undefined }[] | undefined;
      }
    | undefined;
  readonly logs?: readonly string[] | undefined;
  readonly stash?: string | undefined;
  readonly outErrors?: string | undefined;
}

/** What is compared: parts by name. */
export type Compared = Readonly<Record<string, unknown>>;

/**
 * An answer with its JSON read and with ids and times that were made in the run masked. Of a refusal to compile only
 * the lines count: the words are those of AWS's own type checker.
 */
export function comparable(
  one: Pick<Case, "code" | "context">,
  answer: Answer | EvaluateCodeAnswer,
): Compared {
  const given = one.code + JSON.stringify(one.context);
  const read = (json: string | undefined, otherwise: unknown): unknown =>
    json === undefined || json === "" ? otherwise : JSON.parse(mask(json, given));
  const refusals = answer.error?.codeErrors ?? [];
  const lines = [...new Set(refusals.map(({ location }) => location?.line))];
  return {
    result: read(answer.evaluationResult, null),
    error: lines.length > 0 ? "does not compile" : (answer.error?.message ?? null),
    lines,
    logs: (answer.logs ?? []).map((line) => mask(line, given)),
    stash: read(answer.stash, {}),
    errors: read(answer.outErrors, []),
  };
}

/** The parts in which AWS's answer and ours differ. */
export function differences(aws: Compared, local: Compared): string[] {
  return Object.keys(local).filter((part) => !isDeepStrictEqual(aws[part], local[part]));
}

const day = 86_400_000;
const made: readonly (readonly [pattern: RegExp, kind: string, isMade?: (text: string) => boolean])[] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b/g, `<uuid>`],
  [/\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b/g, `<ulid>`],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, `<time>`, (text) => isRecent(Date.parse(text))],
  [/\b\d{4}-\d\d-\d\d\b/g, `<day>`, (text) => isRecent(Date.parse(text))],
  [/\b\d{13}\b/g, `"<milliseconds>"`, (text) => isRecent(Number(text))],
  [/\b\d{10}\b/g, `"<seconds>"`, (text) => isRecent(Number(text) * 1000)],
];

/** What the case was given stays; so does a time that is not of these weeks. */
function mask(text: string, given: string): string {
  return made.reduce(
    (masked, [pattern, kind, isMade = () => true]) =>
      masked.replace(pattern, (found) => (given.includes(found) || !isMade(found) ? found : kind)),
    text,
  );
}

function isRecent(milliseconds: number): boolean {
  return Math.abs(milliseconds - Date.now()) < 30 * day;
}
