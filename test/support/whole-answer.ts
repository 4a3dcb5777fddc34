import { readFileSync } from "node:fs";
import { join } from "node:path";
import { getNamedType, type GraphQLField, type GraphQLOutputType, isObjectType } from "graphql";
import { deployedSchema } from "../../infra/schema.ts";
import { buildApiSchema } from "../../packages/local-cloud/src/appsync/schema/index.ts";
import type { Answer, Client } from "./client.ts";
import type { Running } from "./cloud.ts";
import { credentialsOf } from "./function.ts";
import { root } from "./program.ts";
import { signPost } from "./sign.ts";

const schema = buildApiSchema(deployedSchema(readFileSync(join(root, "schema.graphql"), "utf8")), {
  type: "aws:appsync/graphQLApi:GraphQLApi",
  name: "api",
});

/** All operations of the schema, as `Query.me`. */
export const operations: readonly string[] = [
  schema.getQueryType(),
  schema.getMutationType(),
  schema.getSubscriptionType(),
].flatMap((type) => Object.keys(type?.getFields() ?? {}).map((field) => `${type?.name ?? ""}.${field}`));

/** A client, and the fields that it may not read. */
export interface Asker extends Pick<Client, "ask"> {
  readonly hidden?: readonly string[];
}

/** Asks one operation for every field that its answer can have; throws if there are errors. */
export async function askWhole(client: Asker, operation: string, args: object): Promise<unknown> {
  const [type = "", name = ""] = operation.split(".");
  const parent = schema.getType(type);
  const field = isObjectType(parent) ? parent.getFields()[name] : undefined;
  if (!field) {
    throw new Error(`No field ${operation}`);
  }
  const { data, errors } = await client.ask(documentOf(type, field, args, client.hidden ?? []), args);
  if (errors || !data) {
    throw new Error(JSON.stringify(errors));
  }
  return data[name];
}

function documentOf(
  type: string,
  { name, args, type: given }: GraphQLField<unknown, unknown>,
  values: object,
  hidden: readonly string[],
): string {
  const used = args.filter((arg) => arg.name in values);
  const declared = used.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(", ");
  const passed = used.map((arg) => `${arg.name}: $${arg.name}`).join(", ");
  const selected = `${name} ${passed && `(${passed})`} ${selectionOf(given, hidden)}`;
  return `${type.toLowerCase()} ${declared && `(${declared})`} { ${selected} }`;
}

/** Every field of a type, down to its leaves. */
function selectionOf(type: GraphQLOutputType, hidden: readonly string[]): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) {
    return "";
  }
  const fields = Object.values(named.getFields()).filter(({ name }) => !hidden.includes(name));
  return `{ ${fields.map((field) => `${field.name} ${selectionOf(field.type, hidden)}`).join(" ")} }`;
}

/** A role that calls the API with its signature; signed URLs are for users only. */
export const askerOf = ({ cloud }: Running, role: string): Asker => ({
  hidden: ["downloadUrl", "thumbnailUrl"],
  async ask<Data>(query: string, variables: object = {}) {
    const { graphqlUrl, region } = cloud.ready;
    const url = new URL(graphqlUrl);
    const body = JSON.stringify({ query, variables });
    const credentials = credentialsOf(cloud, role);
    const headers = await signPost({ service: "appsync", region, credentials, url, body });
    const answer = await fetch(url, { method: "POST", headers, body });
    return (await answer.json()) as Answer<Data>;
  },
});
