import { createRequire, registerHooks } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * Code may import what its archive holds and the AWS SDK that the runtime brings, and nothing that happens to
 * lie in a `node_modules` above: what the bundle lacks fails here as it would on AWS. The SDK is looked for in the
 * archive, then among the program's packages, then among those of the local cloud.
 */
export function confineImports(taskRoot: string, program: string): void {
  const root = `${pathToFileURL(taskRoot).href}/`;
  const owners = [join(program, "package.json"), import.meta.filename].map(
    (file) => pathToFileURL(file).href,
  );
  registerHooks({
    resolve(specifier, context, next) {
      const { parentURL = "" } = context;
      if (!parentURL.startsWith(root)) {
        return next(specifier, context);
      }
      const own = attempt(() => next(specifier, context));
      if ("found" in own && (!own.found.url.startsWith("file:") || own.found.url.startsWith(root))) {
        return own.found;
      }
      if (!isOfRuntime(specifier)) {
        throw "error" in own ? own.error : notFound(specifier, parentURL);
      }
      for (const owner of owners) {
        // `require` is resolved from the module that calls it, whatever the context says.
        const other = attempt(() =>
          context.conditions.includes("require")
            ? { url: pathToFileURL(createRequire(owner).resolve(specifier)).href, shortCircuit: true }
            : next(specifier, { ...context, parentURL: owner }),
        );
        if ("found" in other) {
          return other.found;
        }
      }
      throw notFound(specifier, parentURL, notInstalled);
    },
  });
}

const isOfRuntime = (specifier: string): boolean => /^@(aws-sdk|smithy)\//.test(specifier);

const notInstalled =
  ": Lambda's runtime brings it, but it is installed neither in the program's folder nor with the local cloud";

function notFound(specifier: string, importer: string, why = ""): Error {
  const error = new Error(`Cannot find package '${specifier}' imported from ${importer}${why}`);
  return Object.assign(error, { code: "ERR_MODULE_NOT_FOUND" });
}

function attempt<Found>(work: () => Found): { readonly found: Found } | { readonly error: unknown } {
  try {
    return { found: work() };
  } catch (error) {
    return { error };
  }
}
