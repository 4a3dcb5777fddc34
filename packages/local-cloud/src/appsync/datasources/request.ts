import { RequestError } from "../model/source.ts";

/** The versions of VTL requests. A request of JavaScript needs none and may have one (aws/aws-appsync-community#308, #340). */
const versions: readonly unknown[] = ["2017-02-28", "2018-05-29", undefined, null];

/** The members of a request object, without its version. Throws `RequestError`. */
export function requestFields(request: unknown): Readonly<Record<string, unknown>> {
  if (typeof request === "object" && request !== null && !Array.isArray(request)) {
    const { version, ...fields } = request as Readonly<Record<string, unknown>>;
    if (!versions.includes(version)) {
      throw unsupported("version", version);
    }
    return fields;
  }
  if (request === null || request === undefined) {
    throw new RequestError("Template transformation yielded an empty response.");
  }
  throw new RequestError("Unable to transform for exception: the request is not an object");
}

export function unsupported(what: string, value: unknown): RequestError {
  return new RequestError(
    `Unsupported ${what} ${typeof value === "string" ? `'${value}'` : JSON.stringify(value)}.`,
  );
}

export function missing(path: string): RequestError {
  return new RequestError(`Value for field '$[${path}]' not found.`);
}
