import { RequestError } from "../../model/source.ts";
import { missing, requestFields, unsupported } from "../request.ts";

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

const methods: readonly unknown[] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** Headers that the connection sets. Those of a resolver are dropped. */
const own = /^(?:host|connection|content-length|transfer-encoding|upgrade|keep-alive|expect|te|trailer)$/;

/**
 * The request object of an HTTP data source. Throws `RequestError`.
 * https://docs.aws.amazon.com/appsync/latest/devguide/resolver-reference-http-js.html
 */
export function parseRequest(request: unknown, base: string): HttpRequest {
  const { method, resourcePath, params = {} } = requestFields(request);
  if (method === undefined) {
    throw missing("method");
  }
  if (!methods.includes(method)) {
    throw unsupported("method", method);
  }
  if (resourcePath === undefined) {
    throw missing("resourcePath");
  }
  const { query, headers, body } = fieldsOf(params, "params");
  const text = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
  return {
    method: method as string,
    url: addressOf(base, resourcePath, query),
    headers: {
      ...(typeof body === "object" && { "content-type": "application/json" }),
      ...headersOf(headers),
    },
    body: text,
  };
}

function addressOf(base: string, path: unknown, query: unknown): URL {
  const url = typeof path === "string" && path.startsWith("/") ? URL.parse(base + path) : null;
  if (!url) {
    throw unsupported("resourcePath", path);
  }
  for (const [name, value] of Object.entries(fieldsOf(query ?? {}, "params.query"))) {
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
      url.searchParams.append(name, textOf(one));
    }
  }
  return url;
}

function headersOf(headers: unknown): Record<string, string> {
  const entries = Object.entries(fieldsOf(headers ?? {}, "params.headers")).map(
    ([name, value]) => [name.toLowerCase(), textOf(value)] as const,
  );
  for (const [name, value] of entries) {
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name) || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
      throw unsupported("header", name);
    }
  }
  return Object.fromEntries(entries.filter(([name]) => !own.test(name)));
}

function fieldsOf(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw new RequestError(`Expected JSON object for field '$[${where.replace(".", "][")}]'.`);
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
