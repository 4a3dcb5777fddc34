import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import { AwsError, type Call } from "../../base/service.ts";
import { element, group } from "../xml.ts";
import { jsonLimit } from "./body.ts";

/** A parameter of the query protocol: text, or an object of the parameters below its name. Lists have numbers as keys. */
export type QueryValue = string | QueryObject;
export interface QueryObject {
  readonly [name: string]: QueryValue | undefined;
}

export interface QueryCall {
  readonly action: string;
  readonly input: QueryObject;
}

/** https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
export async function readQuery(call: Pick<Call, "url" | "body">): Promise<QueryCall> {
  const text = call.url.search.slice(1) || (await call.body(jsonLimit)).toString("utf8");
  const root: Mutable = Object.create(null) as Mutable;
  for (const [name, value] of new URLSearchParams(text)) {
    put(root, name.split("."), value);
  }
  const { Action: action = "" } = root;
  if (typeof action !== "string") {
    throw malformed("Action");
  }
  return { action, input: root };
}

interface Mutable {
  [name: string]: string | Mutable;
}

function put(root: Mutable, path: readonly string[], value: string): void {
  let at = root;
  for (const name of path.slice(0, -1)) {
    const next = (at[name] ??= Object.create(null) as Mutable);
    if (typeof next === "string") {
      throw malformed(path.join("."));
    }
    at = next;
  }
  at[path.at(-1) ?? ""] = value;
}

export function malformed(name: string): AwsError {
  return new AwsError("MalformedInput", `The parameter ${name} is malformed.`);
}

/** The items of a list in order, such as `Entries.member.1`. */
export function itemsIn(value: QueryValue | undefined, member: string): readonly QueryValue[] {
  const items = typeof value === "object" ? value[member] : undefined;
  return typeof items === "object" ? entriesIn(items) : [];
}

/** The items of a list whose keys are their numbers, in order. */
export function entriesIn(list: QueryObject): readonly QueryValue[] {
  return Object.entries(list)
    .sort(([one], [other]) => Number(one) - Number(other))
    .flatMap(([, item]) => (item === undefined ? [] : [item]));
}

/**
 * A list in `result` has the form `{ Topics: { member: [...] } }`, or `{ Message: [...] }` if it is flattened. Without
 * a result, its element is left out.
 */
export function sendQuery(
  response: ServerResponse,
  namespace: string,
  action: string,
  result: object | undefined,
): void {
  const body = {
    ...(result !== undefined && { [`${action}Result`]: result }),
    ResponseMetadata: { RequestId: randomUUID() },
  };
  sendXml(response, 200, `${action}Response`, namespace, body);
}

export function failQueryAs(response: ServerResponse, namespace: string, error: AwsError): void {
  const { message, status } = error;
  const code = commonCodes[error.code] ?? error.code;
  const Type = status < 500 ? "Sender" : "Receiver";
  const body = { Error: { Type, Code: code, Message: message }, RequestId: randomUUID() };
  sendXml(response, status, "ErrorResponse", namespace, body);
}

/** Errors of the front door have other codes in the JSON protocol. */
const commonCodes: Readonly<Record<string, string>> = {
  IncompleteSignatureException: "IncompleteSignature",
  InvalidSignatureException: "SignatureDoesNotMatch",
  MissingAuthenticationTokenException: "MissingAuthenticationToken",
  UnrecognizedClientException: "InvalidClientTokenId",
};

function sendXml(
  response: ServerResponse,
  status: number,
  name: string,
  namespace: string,
  body: object,
): void {
  const xml = `<${name} xmlns="${namespace}">${elementsOf(body).join("")}</${name}>`;
  response.writeHead(status, { "content-type": "text/xml", "content-length": Buffer.byteLength(xml) });
  response.end(xml);
}

/** One element for each member, and for each item of a list. */
function elementsOf(object: object): string[] {
  return Object.entries(object).flatMap(([name, value]: [string, unknown]) =>
    (Array.isArray(value) ? value : [value]).flatMap((item: unknown) => {
      if (item === undefined) {
        return [];
      }
      return typeof item === "object" && item !== null
        ? [group(name, elementsOf(item))]
        : [element(name, item as string | number | boolean)];
    }),
  );
}
