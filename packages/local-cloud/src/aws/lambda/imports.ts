import { createRequire, registerHooks } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { counterpart } from "./platform-packages.ts";

/**
 * Limits a function's imports to its archive, Node's modules and the AWS SDK that Lambda's runtime provides. A package
 * in a `node_modules` above the archive would be missing on AWS, so it fails here too. The SDK is searched in the
 * archive, then in the program's packages, then in those of the local cloud. So are native binaries of this machine,
 * if the archive has the same package for Lambda's platform.
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
      const native = counterpart(specifier, taskRoot);
      if (native === undefined && !isProvided(specifier)) {
        throw "error" in own ? own.error : notFound(specifier, parentURL);
      }
      for (const owner of owners) {
        // `require` resolves from the module that calls it, and ignores the context's `parentURL`.
        const other = attempt(() =>
          context.conditions.includes("require")
            ? { url: pathToFileURL(createRequire(owner).resolve(specifier)).href, shortCircuit: true }
            : next(specifier, { ...context, parentURL: owner }),
        );
        if ("found" in other) {
          return other.found;
        }
      }
      throw notFound(
        specifier,
        parentURL,
        native === undefined ? notInstalled(specifier) : notForThisMachine(native),
      );
    },
  });
}

const isProvided = (specifier: string): boolean => /^@(aws-sdk|smithy)\//.test(specifier);

const notInstalled = (specifier: string): string =>
  `: Lambda's runtime provides it, but it is installed neither in the program's folder nor with the local cloud. ` +
  `Run npm install --save-dev ${specifier.split("/", 2).join("/")} in the program's folder`;

const notForThisMachine = (name: string): string =>
  `: the archive has the same package for Lambda's platform, and this machine needs its own. ` +
  `Run npm install in the program's folder, which installs ${name} as an optional dependency`;

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
