import { parse, type Program } from "acorn";

import { checkCalls } from "./calls.ts";
import { CodeError, type CodeProblem } from "./code-error.ts";
import { checkContext } from "./context.ts";
import { checkExports, type Exports } from "./exports.ts";
import { checkNames } from "./names.ts";
import { type Report, walk } from "./nodes.ts";
import { resolveNames, type Scopes } from "./scopes.ts";
import { checkSyntax } from "./syntax.ts";

export interface Checked {
  readonly program: Program;
  readonly scopes: Scopes;
  readonly exports: Exports;
}

/** https://docs.aws.amazon.com/appsync/latest/APIReference/API_CreateResolver.html */
const MAX_CODE = 32_768;

/** Parses `code` and checks that it stays within the language. Throws `CodeError` with every problem. */
export function check(code: string, file: string): Checked {
  if (code.length > MAX_CODE) {
    const value = `the code has ${code.length} characters, more than ${MAX_CODE}`;
    const location = { file, line: 1, column: 1, span: code.length };
    throw new CodeError([{ errorType: "Code", value, location }], code);
  }
  const program = parseModule(code, file);
  const scopes = resolveNames(program);
  const problems = new Map<string, CodeProblem & { readonly start: number }>();
  const report: Report = (node, reason) => {
    const line = node.loc?.start.line ?? 1;
    const column = (node.loc?.start.column ?? 0) + 1;
    const text = code.slice(node.start, node.end).split("\n", 1)[0]?.slice(0, 60) ?? "";
    const location = { file, line, column, span: node.end - node.start };
    problems.set(`${node.start} ${reason}`, {
      errorType: "Code",
      value: `${reason}: ${text}`,
      location,
      start: node.start,
    });
  };
  walk(program, (node, parent) => checkSyntax(node, parent, report));
  checkNames(program, scopes, report);
  checkCalls(program, scopes, report);
  checkContext(program, scopes, report);
  const exports = checkExports(program, scopes, report);
  if (problems.size > 0) {
    const sorted = [...problems.values()].sort((a, b) => a.start - b.start);
    throw new CodeError(
      sorted.map(({ errorType, value, location }) => ({ errorType, value, location })),
      code,
    );
  }
  return { program, scopes, exports };
}

function parseModule(code: string, file: string): Program {
  try {
    return parse(code, { ecmaVersion: 2024, sourceType: "module", locations: true, allowHashBang: false });
  } catch (error) {
    if (!(error instanceof SyntaxError)) {
      throw error;
    }
    const { line, column } = (error as SyntaxError & { loc?: { line: number; column: number } }).loc ?? {
      line: 1,
      column: 0,
    };
    const value = error.message.replace(/ \(\d+:\d+\)$/u, "");
    const location = { file, line, column: column + 1, span: -1 };
    throw new CodeError([{ errorType: "Code", value, location }], code);
  }
}
