import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import {
  buildASTSchema,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  getNamedType,
  isInputObjectType,
  isNonNullType,
  parse,
} from "graphql";
import { subscribe } from "../support/client.ts";
import { isUserId } from "../../domain/text.ts";
import { useCloud } from "../support/cloud.ts";
import { root } from "../support/program.ts";

const use = useCloud();

const scalars = "scalar AWSEmail scalar AWSURL scalar AWSDateTime";
const text = `${readFileSync(join(root, "schema.graphql"), "utf8")} ${scalars}`;
const schema = buildASTSchema(parse(text), { assumeValidSDL: true });

/** Each is a text that some part behind the API cannot hold, or takes for something else. */
const texts = [
  "",
  " ",
  "\u0000",
  "a\ud800b",
  "\udc00",
  "a\r\nb",
  "#",
  "../..",
  "__proto__",
  "x".repeat(129),
  "x".repeat(1025),
  "x".repeat(2049),
  "ü".repeat(1100),
  "😀".repeat(64),
];

const numbers = [-2_147_483_648, -1, 0, 2_147_483_647, 2_147_483_648];

const ulid = "01JD3Z6V5K8Q2M7N4P9R0S1T2W";

/** What is given where the type demands a value, so that only the hostile one is at fault. */
const usual: Readonly<Record<string, unknown>> = {
  id: ulid,
  assetId: ulid,
  contentType: "image/jpeg",
  contentLength: 1,
  name: "Ada",
};

/** Fields that nobody but a role may ask. */
const closed = ["publishAssetEvent", "endAdminSubscriptions"];

interface Attack {
  readonly title: string;
  readonly query: string;
  readonly variables: Record<string, unknown>;
}

/** Every argument, and every field of every input, with every hostile value of its type. */
const attacks = [schema.getQueryType(), schema.getMutationType()].flatMap((type, index) =>
  Object.values(type?.getFields() ?? {})
    .filter(({ name }) => !closed.includes(name))
    .flatMap((field) =>
      field.args.flatMap((argument) => attacksOn(index === 0 ? "query" : "mutation", field, argument)),
    ),
);

function attacksOn(kind: string, field: GraphQLField<unknown, unknown>, attacked: GraphQLArgument): Attack[] {
  const declared = field.args.map(({ name, type }) => `$${name}: ${String(type)}`).join(", ");
  const given = field.args.map(({ name }) => `${name}: $${name}`).join(", ");
  const selection = isInputObjectType(getNamedType(field.type)) ? "" : " { __typename }";
  const query = `${kind} (${declared}) { ${field.name}(${given})${selection} }`;
  const others = Object.fromEntries(field.args.map((one) => [one.name, valueOf(one)]));
  return hostileValues(attacked.type).map(({ path, value }) => ({
    title: `${field.name}(${[attacked.name, ...path].join(".")})`,
    query,
    variables: { ...others, [attacked.name]: value },
  }));
}

function valueOf({ name, type }: GraphQLArgument | GraphQLInputField): unknown {
  const named = getNamedType(type);
  if (isInputObjectType(named)) {
    return required(named);
  }
  return isNonNullType(type) ? usual[name] : undefined;
}

/** CreateUserInput demands no name, but createUser does. */
function required(input: GraphQLInputObjectType): Record<string, unknown> {
  const given = Object.values(input.getFields()).filter(
    ({ name, type }) => isNonNullType(type) || name === "name",
  );
  return Object.fromEntries(given.map((field) => [field.name, usual[field.name]]));
}

function hostileValues(type: GraphQLInputType): { path: string[]; value: unknown }[] {
  const named = getNamedType(type);
  if (isInputObjectType(named)) {
    const base = required(named);
    return Object.values(named.getFields()).flatMap((field) =>
      hostileValues(field.type).map(({ path, value }) => ({
        path: [field.name, ...path],
        value: { ...base, [field.name]: value },
      })),
    );
  }
  const values = ["Int", "Float"].includes(named.name) ? numbers : [...texts, null];
  return values.map((value) => ({ path: [], value }));
}

describe("hostile values", () => {
  it("reach every argument and input field of the contract", () => {
    const titles = new Set(attacks.map(({ title }) => title));
    expect([...titles]).toEqual(
      expect.arrayContaining([
        "listAssets(ownerId)",
        "createAsset(input.filename)",
        "updateUser(input.email)",
      ]),
    );
    expect(titles.size).toBeGreaterThan(35);
  });

  it.each(["alice", "admin"] as const)(
    "are refused by name when %s gives them, or do no harm",
    async (name) => {
      const faults: string[] = [];
      for (const { title, query, variables } of attacks) {
        const { errors = [] } = await use()[name].ask(query, variables);
        for (const { errorType, message } of errors) {
          const isOurs = [errorType, message].some((text) =>
            /Internal|DynamoDB|Lambda|Code|Mapping/.test(text ?? ""),
          );
          if (isOurs || /arn:|tables-/.test(message)) {
            faults.push(
              `${title} of ${JSON.stringify(Object.values(variables)).slice(0, 80)}: ${errorType}: ${message}`,
            );
          }
        }
      }
      expect(faults).toEqual([]);
    },
  );

  it.each([
    // An admin may listen to any user that there can be.
    ["an owner", "ownerId", texts.filter((text) => !isUserId(text))],
    ["an asset", "assetId", texts],
  ])("are no id of %s to listen to", async (_, argument, refused) => {
    const { admin, cloud } = use();
    expect(refused.length).toBeGreaterThan(5);
    for (const text of refused) {
      const variables = { ownerId: admin.sub, [argument]: text };
      await expect(subscribe(cloud.ready, admin.token, variables)).rejects.toMatchObject({
        errorType: expect.stringMatching(/^(ValidationError|Unauthorized)$/) as unknown,
      });
    }
  });
});

describe("an admin's list for a user who does not exist", () => {
  it.each([
    "listAssets(ownerId: $o)",
    "listAssetEvents(ownerId: $o)",
    `listDeliveries(assetId: "${ulid}", ownerId: $o)`,
  ])("%s is refused, and the message names the argument", async (field) => {
    const { errors } = await use().admin.ask(`query ($o: ID) { ${field} { __typename } }`, { o: "" });
    expect(errors).toMatchObject([
      { errorType: "ValidationError", message: expect.stringMatching(/^ownerId:/) as unknown },
    ]);
  });
});
