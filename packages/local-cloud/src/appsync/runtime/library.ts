import * as utils from "../utils/index.ts";
import * as ddb from "../utils/dynamodb.ts";

/** A function of the library, or a group of them. */
export type Library = { readonly [name: string]: LibraryFunction | Library };
export type LibraryFunction = (...args: never[]) => unknown;

/** What code may import, by module. */
export const MODULES: Readonly<Record<string, Library>> = {
  "@aws-appsync/utils": { util: utils.util, extensions: utils.extensions, runtime: utils.runtime },
  "@aws-appsync/utils/dynamodb": { ...ddb },
};

/** The member of the library at a path, such as `["util", "time", "nowISO8601"]`. */
export function libraryMember(
  library: Library,
  path: readonly string[],
): LibraryFunction | Library | undefined {
  let at: LibraryFunction | Library | undefined = library;
  for (const name of path) {
    if (typeof at !== "object" || !Object.hasOwn(at, name)) {
      return undefined;
    }
    at = at[name];
  }
  return at;
}
