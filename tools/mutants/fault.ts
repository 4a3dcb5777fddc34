/** A fault put in by hand: what a careless change could do to one line of the product or of the local cloud. */
export interface Fault {
  /** What goes wrong for a user or an operator. */
  readonly fault: string;
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly from: string;
  readonly to: string;
  /** Test files that should notice, the quickest first. */
  readonly tests: readonly string[];
}

/** Makes faults of one file, which the same test files should notice. */
export const faultIn =
  (file: string, tests: readonly string[]) =>
  (fault: string, from: string, to: string): Fault => ({ fault, file, from, to, tests });

/** The same for `folder/file.ts` of the local cloud's sources, noticed by tests of the like folder. */
export const localFaultIn = (folder: string, file: string, ...tests: string[]) =>
  faultIn(
    `packages/local-cloud/src/${folder}/${file}.ts`,
    tests.map((name) => `packages/local-cloud/test/${folder}/${name}.test.ts`),
  );
