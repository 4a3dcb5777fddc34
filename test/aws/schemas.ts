import { setTimeout } from "node:timers/promises";
import {
  type AppSyncClient,
  CreateGraphqlApiCommand,
  DeleteGraphqlApiCommand,
  GetSchemaCreationStatusCommand,
  StartSchemaCreationCommand,
} from "@aws-sdk/client-appsync";
import { buildApiSchema } from "../../packages/local-cloud/src/appsync/schema/index.ts";
import { AwsError } from "../../packages/local-cloud/src/base/service.ts";

const query = "type Query { q: ID }\n";

/** Schemas of which public reports say, more or less surely, that AppSync takes or refuses them. */
export const schemas: readonly (readonly [name: string, sdl: string])[] = [
  ["a description of a type", `"a"\n${query}`],
  ["a description of a field", 'type Query { "a" q: ID }'],
  ["a description of an argument", 'type Query { q("a" b: ID): ID }'],
  ["a description of an input's field", `${query}input I { "a" b: ID }`],
  ["a description of an enum", `${query}"a" enum E { A }`],
  ["#55: a description of an enum value", `${query}enum E { "a" A }`],
  ["#55: a comment before an enum value", `${query}enum E {\n  # one\n  A\n}`],
  ["#410: a comment with null before an enum value", `${query}enum E {\n  A\n  # null\n  B\n}`],
  ["#410: a comment with true behind an enum value", `${query}enum E {\n  A # true\n  B\n}`],
  ["an empty description", `${query}""" """ type T { a: ID }`],
  ["#387: an interface of an interface", `${query}interface A { a: ID } interface B implements A { a: ID }`],
  ["an extension of a type", `${query}extend type Query { b: ID }`],
  ["#345: no Query", "type Mutation { a: ID }"],
  [
    "a type that does not fulfil its interface",
    `${query}interface A { a: ID } type T implements A { b: ID }`,
  ],
  ["an output type as an input", `${query}type T { a(b: T): ID }`],
  ["a cycle of required inputs", `${query}input I { i: I! }`],
  ["a default of another type", `${query}input I { a: Int = "b" }`],
  [
    "interfaces joined by a comma",
    `${query}interface A { a: ID } interface B { a: ID } type T implements A, B { a: ID }`,
  ],
  [
    "interfaces joined by a space",
    `${query}interface A { a: ID } interface B { a: ID } type T implements A B { a: ID }`,
  ],
  ["Long", "type Query { q: Long }"],
  ["a custom scalar", `${query}scalar Money`],
  ["a type whose name begins with AWS", `${query}type AWSThing { a: ID }`],
  ["a directive of AppSync that is declared again", `directive @aws_iam on OBJECT\n${query}`],
  ["a directive that is not known", "type Query { q: ID @nothing }"],
  ["a directive that is declared", "directive @mine on FIELD_DEFINITION\ntype Query { q: ID @mine }"],
  ["directives of merged APIs", 'type Query @canonical { q: ID @hidden r: ID @renamed(to: "s") }'],
  ["a mode on an interface", `${query}interface A @aws_iam { a: ID }`],
  ["a mode on a union", `${query}type T { a: ID } union U @aws_iam = T`],
  ["a mode on an input", `${query}input I @aws_iam { a: ID }`],
  ["a mode on an enum", `${query}enum E @aws_iam { A }`],
  ["a mode on an argument", "type Query { q(a: ID @aws_iam): ID }"],
  ["a deprecated enum value", `${query}enum E { A @deprecated }`],
  ["a deprecated argument", "type Query { q(a: ID @deprecated): ID }"],
  [
    "a subscription of another type than its mutation",
    `${query}type Mutation { a: Int } type Subscription { b: ID @aws_subscribe(mutations: ["a"]) }`,
  ],
];

/** Whether the local AppSync takes a schema. */
export function isTakenHere(sdl: string): boolean {
  try {
    buildApiSchema(sdl, { type: "aws:appsync/graphQLApi:GraphQLApi", name: "api" });
    return true;
  } catch (error) {
    if (error instanceof AwsError && error.code === "InvalidInput") {
      return false;
    }
    throw error;
  }
}

/** Asks AWS about each schema, in an API of its own that it deletes again. Returns how many it decides otherwise. */
export async function compareSchemas(client: AppSyncClient, say: (line: string) => void): Promise<number> {
  const name = `darkroom-test-${Date.now()}`;
  const { graphqlApi } = await client.send(
    new CreateGraphqlApiCommand({ name, authenticationType: "AWS_IAM" }),
  );
  const apiId = graphqlApi?.apiId;
  if (apiId === undefined) {
    throw new Error("AWS made an API without an id");
  }
  let different = 0;
  try {
    for (const [what, sdl] of schemas) {
      const refusal = await refusalOf(client, apiId, sdl);
      const isTaken = refusal === undefined;
      if (isTaken === isTakenHere(sdl)) {
        continue;
      }
      different += 1;
      say(`${what}\n    AWS:   ${isTaken ? "taken" : refusal}\n    local: ${isTaken ? "refused" : "taken"}`);
    }
  } finally {
    await client.send(new DeleteGraphqlApiCommand({ apiId }));
  }
  return different;
}

/** AWS's words for refusing a schema; undefined if it takes it. */
export async function refusalOf(
  client: AppSyncClient,
  apiId: string,
  sdl: string,
): Promise<string | undefined> {
  try {
    await client.send(new StartSchemaCreationCommand({ apiId, definition: Buffer.from(sdl) }));
  } catch (error) {
    if (error instanceof Error && error.name === "BadRequestException") {
      return error.message;
    }
    throw error;
  }
  for (;;) {
    const { status, details = "" } = await client.send(new GetSchemaCreationStatusCommand({ apiId }));
    if (status === "SUCCESS" || status === "ACTIVE") {
      return undefined;
    }
    if (status !== "PROCESSING") {
      return `${status ?? "no status"}: ${details}`;
    }
    await setTimeout(1_000);
  }
}
