import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import ts from "typescript";

import { type Library, MODULES } from "../runtime/library.ts";
import type { CodeProblem } from "../runtime/code-error.ts";

/** A piece of deployed code, and its name in messages. */
export interface NamedCode {
  readonly name: string;
  readonly code: string;
}

/** A folder that does not exist. The code and its declarations are in memory. */
const folder = join(import.meta.dirname, "deployed");
const globalsFile = join(folder, "globals.d.ts");
const dynamodbFile = join(folder, "dynamodb.d.ts");

/**
 * Not strict, since AWS accepts handlers whose parameters have no types. JSDoc is not read, and the DynamoDB helpers
 * accept any value: otherwise AWS's own samples would not pass. `es2023` has all methods that AWS documents.
 */
const options: ts.CompilerOptions = {
  allowJs: true,
  checkJs: true,
  strict: false,
  noEmit: true,
  target: ts.ScriptTarget.ES2023,
  lib: ["lib.es2023.d.ts"],
  types: [],
  module: ts.ModuleKind.ES2022,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  skipLibCheck: true,
};

/** Operands that are always or never nullish or truthy: errors since TypeScript 5.6, and AWS's library is built with 5.1. */
const newerErrors = new Set([2869, 2871, 2872, 2873]);

/** Checks code as AWS does when it saves it. A check reuses what the last one has read. */
export class TypeCheck {
  #program: ts.Program | undefined;
  readonly #sources = new Map<string, ts.SourceFile | undefined>();

  /** The problems of each piece, in the order given. */
  check(pieces: readonly NamedCode[]): readonly (readonly CodeProblem[])[] {
    const files = new Map(pieces.map(({ code }, index) => [join(folder, `${index}.js`), code]));
    const program = ts.createProgram({
      rootNames: [globalsFile, ...files.keys()],
      options,
      host: this.#host(files),
      ...(this.#program && { oldProgram: this.#program }),
    });
    this.#program = program;
    return [...files.keys()].map((file, index) => {
      const source = program.getSourceFile(file);
      const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
      return found
        .filter(({ code }) => !newerErrors.has(code))
        .map((one) => problemOf(one, pieces[index]?.name ?? ""));
    });
  }

  #host(files: ReadonlyMap<string, string>): ts.CompilerHost {
    const host = ts.createCompilerHost(options);
    const declarations = new Map([
      [globalsFile, globals],
      [dynamodbFile, declare(MODULES["@aws-appsync/utils/dynamodb"] ?? {})],
    ]);
    const known = (file: string) =>
      files.get(file) ?? declarations.get(file) ?? (file === transformTypes ? relaxed : undefined);
    return {
      ...host,
      jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
      fileExists: (file) => known(file) !== undefined || host.fileExists(file),
      readFile: (file) => known(file) ?? host.readFile(file),
      getSourceFile: (file, settings) => {
        const code = files.get(file);
        if (code !== undefined) {
          return this.#sourceOf(file, code, settings);
        }
        if (!this.#sources.has(file)) {
          const text = known(file) ?? host.readFile(file);
          const source = text === undefined ? undefined : ts.createSourceFile(file, text, settings);
          this.#sources.set(file, source);
        }
        return this.#sources.get(file);
      },
      resolveModuleNameLiterals: (literals, importer) =>
        literals.map(({ text }) => resolveModule(text, importer, host)),
    };
  }

  /** The old program's own object if the code is unchanged, so that TypeScript does not read it again. */
  #sourceOf(
    file: string,
    code: string,
    settings: ts.CreateSourceFileOptions | ts.ScriptTarget,
  ): ts.SourceFile {
    const old = this.#program?.getSourceFile(file);
    return old?.text === code ? old : ts.createSourceFile(file, code, settings, false, ts.ScriptKind.JS);
  }
}

const utilsTypes = join(
  dirname(createRequire(import.meta.url).resolve("@aws-appsync/utils/package.json")),
  "lib",
  "index.d.ts",
);

const transformTypes = join(dirname(utilsTypes), "transform-utils.d.ts");

/**
 * AWS's types allow only the fields of the rules in the filter, and so refuse the manual's own example:
 * https://docs.aws.amazon.com/appsync/latest/devguide/transformation-helpers-in-utils-transform-js.html
 */
const relaxed = readFileSync(transformTypes, "utf8").replace(
  /toSubscriptionFilter<.*\): SubscriptionFilter;/,
  "toSubscriptionFilter(obj: any, ignoredFields?: string[], rules?: any): SubscriptionFilter;",
);

function resolveModule(
  name: string,
  importer: string,
  host: ts.CompilerHost,
): ts.ResolvedModuleWithFailedLookupLocations {
  const known = (resolvedFileName: string) => ({
    resolvedModule: { resolvedFileName, extension: ts.Extension.Dts, isExternalLibraryImport: true },
  });
  if (name === "@aws-appsync/utils") {
    return known(utilsTypes);
  }
  if (name === "@aws-appsync/utils/dynamodb") {
    return known(dynamodbFile);
  }
  return ts.resolveModuleName(name, importer, options, host);
}

const globals = `import * as utils from "@aws-appsync/utils";
declare global {
  const util: typeof utils.util;
  const extensions: typeof utils.extensions;
  const runtime: typeof utils.runtime;
  const console: Readonly<Record<"log" | "error" | "debug", (...args: any[]) => void>>;
}
`;

/** Declares every member of a module as a function of anything. */
function declare(module: Library): string {
  const typeOf = (member: Library[string]): string =>
    typeof member === "function"
      ? "(...args: any[]) => any"
      : `{ ${Object.entries(member)
          .map(([name, inner]) => `${name}: ${typeOf(inner)};`)
          .join(" ")} }`;
  return Object.entries(module)
    .map(([name, member]) => `export declare const ${name}: ${typeOf(member)};\n`)
    .join("");
}

function problemOf(
  { file, start = 0, length = 0, code, messageText }: ts.Diagnostic,
  name: string,
): CodeProblem {
  const { line, character } = file?.getLineAndCharacterOfPosition(start) ?? { line: 0, character: 0 };
  return {
    errorType: "Code",
    value: `TS${code}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
    location: { file: name, line: line + 1, column: character + 1, span: length },
  };
}
