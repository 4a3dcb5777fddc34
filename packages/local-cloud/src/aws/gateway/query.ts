import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import XMLBuilder from "fast-xml-builder";
import { AwsError, type Call } from "../../base/service.ts";
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

function malformed(name: string): AwsError {
  return new AwsError("MalformedInput", `The parameter ${name} is malformed.`);
}

/** The items of a list in order, such as `Entries.member.1`. */
export function itemsIn(value: QueryValue | undefined, member: string): readonly QueryValue[] {
  const items = typeof value === "object" ? value[member] : undefined;
  return Object.entries(typeof items === "object" ? items : {})
    .sort(([one], [other]) => Number(one) - Number(other))
    .flatMap(([, item]) => (item === undefined ? [] : [item]));
}

const builder = new XMLBuilder({ ignoreAttributes: false, processEntities: true });

/** A list in `result` has the form `{ Topics: { member: [...] } }`. */
export function sendQuery(response: ServerResponse, namespace: string, action: string, result: object): void {
  const body = { [`${action}Result`]: result, ResponseMetadata: { RequestId: randomUUID() } };
  sendXml(response, 200, { [`${action}Response`]: { "@_xmlns": namespace, ...body } });
}

export function failQueryAs(response: ServerResponse, namespace: string, error: AwsError): void {
  const { code, message, status } = error;
  const Type = status < 500 ? "Sender" : "Receiver";
  const body = { Error: { Type, Code: code, Message: message }, RequestId: randomUUID() };
  sendXml(response, status, { ErrorResponse: { "@_xmlns": namespace, ...body } });
}

function sendXml(response: ServerResponse, status: number, document: object): void {
  const xml = builder.build(document);
  response.writeHead(status, { "content-type": "text/xml", "content-length": Buffer.byteLength(xml) });
  response.end(xml);
}
