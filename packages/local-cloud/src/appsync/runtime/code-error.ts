import { sourcePlace } from "./source-map.ts";

/** One problem of the code, in the form of EvaluateCode's `codeErrors`. Lines and columns start at 1. */
export interface CodeProblem {
  readonly errorType: "Code";
  readonly value: string;
  readonly location: {
    readonly file?: string;
    readonly line: number;
    readonly column: number;
    /** Characters of the offending text; -1 for a syntax error. */
    readonly span: number;
  };
}

/** The code does not compile. Has every problem, in order of place. */
export class CodeError extends Error {
  readonly problems: readonly CodeProblem[];

  constructor(problems: readonly CodeProblem[], code: string) {
    const lines = problems.map(({ value, location: { file, line, column } }) => {
      const place = `${file ?? "code.js"}:${line}:${column}`;
      const source = sourcePlace(code, line, column);
      return `${source === undefined ? place : `${source} (${place})`}: ${value}`;
    });
    super(["The code contains one or more errors.", ...lines].join("\n"));
    this.name = "CodeError";
    this.problems = problems;
  }
}
