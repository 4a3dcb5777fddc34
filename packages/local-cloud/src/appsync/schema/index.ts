import {
  buildASTSchema,
  concatAST,
  type ConstDirectiveNode,
  type DocumentNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isObjectType,
  isScalarType,
  isTypeDefinitionNode,
  Kind,
  type NamedTypeNode,
  parse,
  visit,
} from "graphql";
import { validateSDL } from "graphql/validation/validate.js";
import { type Declared, refuse } from "../../base/refusal.ts";
import type { Warn } from "../warn.ts";
import { asKept, lineOf, withJoinedInterfaces } from "./kept.ts";
import { refuseAt, refuseInvalid, refuseSyntax, SchemaError, schemaErrorOf } from "./refusals.ts";
import { awsScalars, long } from "./scalars.ts";

/**
 * The schema that AppSync makes of the API's SDL: with its scalars and directives built in.
 * Throws `InvalidInput` for SDL that is not valid, and for what AppSync refuses, with the line.
 */
export function buildApiSchema(sdl: string, api: Declared, warn: Warn = () => undefined): GraphQLSchema {
  if (sdl.trim() === "") {
    refuse(api, "schema", "is empty");
  }
  if (Buffer.byteLength(sdl) > 1_048_576) {
    refuse(api, "schema", `has ${Buffer.byteLength(sdl)} bytes; AWS takes 1048576`);
  }
  const schema = buildValid(sdl, api, warn);
  for (const [name, rules] of Object.entries({ ...awsScalars, Long: long })) {
    const scalar = schema.getType(name);
    if (isScalarType(scalar)) {
      Object.assign(scalar, rules);
    }
  }
  return schema;
}

function buildValid(sdl: string, api: Declared, warn: Warn): GraphQLSchema {
  try {
    return build(sdl, warn);
  } catch (error) {
    const fault = error instanceof GraphQLError ? schemaErrorOf(error) : error;
    if (!(fault instanceof SchemaError)) {
      throw error;
    }
    refuse(api, "schema", `is not valid: ${fault.message}`);
  }
}

function build(sdl: string, warn: Warn): GraphQLSchema {
  const document = parse(withJoinedInterfaces(sdl));
  refuseNames(document);
  refuseSyntax(document);
  const whole = concatAST([prelude, undeclared(document, warn), asKept(document, ownDirectives, warn)]);
  // graphql's own assertion joins the messages and loses the lines.
  for (const error of validateSDL(whole)) {
    throw error;
  }
  const schema = buildASTSchema(whole, { assumeValidSDL: true });
  refuseInvalid(schema);
  return schema;
}

/** Subscription fields by the mutation field that triggers them, as `@aws_subscribe` says. */
export function readSubscribers(
  schema: GraphQLSchema,
  api: Declared,
): ReadonlyMap<string, readonly string[]> {
  const subscribers = new Map<string, string[]>();
  const mutations = schema.getMutationType()?.getFields() ?? {};
  for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) {
    for (const name of readStrings(directiveOf(field, "aws_subscribe"), "mutations")) {
      const mutation = mutations[name];
      if (!mutation) {
        refuse(
          api,
          "schema",
          `has Subscription.${field.name} of the mutation ${name}, which it does not have`,
        );
      }
      if (mutation.type.toString().replace(/!$/, "") !== field.type.toString().replace(/!$/, "")) {
        refuse(
          api,
          "schema",
          `has Subscription.${field.name} of type ${field.type.toString()}, and its mutation ${name} is of type ${mutation.type.toString()}`,
        );
      }
      subscribers.set(name, [...(subscribers.get(name) ?? []), field.name]);
    }
  }
  return subscribers;
}

function directiveOf(field: GraphQLField<unknown, unknown>, name: string): ConstDirectiveNode | undefined {
  return field.astNode?.directives?.find((directive) => directive.name.value === name);
}

/** An argument that is a list of strings. Empty if it is absent. */
export function readStrings(directive: ConstDirectiveNode | undefined, argument: string): string[] {
  const value = directive?.arguments?.find(({ name }) => name.value === argument)?.value;
  if (value?.kind === Kind.STRING) {
    return [value.value];
  }
  return value?.kind === Kind.LIST
    ? value.values.flatMap((node) => (node.kind === Kind.STRING ? node.value : []))
    : [];
}

/** Every field of every object type of the program's schema, without the types of introspection. */
export function* objectFields(
  schema: GraphQLSchema,
): Generator<{ type: GraphQLObjectType; field: GraphQLField<unknown, unknown> }> {
  for (const type of Object.values(schema.getTypeMap())) {
    if (isObjectType(type) && !type.name.startsWith("__")) {
      for (const field of Object.values(type.getFields())) {
        yield { type, field };
      }
    }
  }
}

function refuseNames({ definitions }: DocumentNode): void {
  for (const definition of definitions) {
    if (definition.kind === Kind.SCALAR_TYPE_DEFINITION) {
      refuseAt(definition, `scalar ${definition.name.value}: AppSync does not accept custom scalars`);
    }
    if (isTypeDefinitionNode(definition) && definition.name.value.startsWith("AWS")) {
      refuseAt(definition, `type ${definition.name.value}: AppSync reserves names that begin with AWS`);
    }
  }
}

/** AppSync takes `Long` without a declaration (panther-labs/panther#2040). */
function undeclared(document: DocumentNode, warn: Warn): DocumentNode {
  const uses: NamedTypeNode[] = [];
  visit(document, {
    NamedType(node) {
      if (node.name.value === "Long") {
        uses.push(node);
      }
    },
  });
  const [first] = uses;
  if (!first) {
    return none;
  }
  warn(`the schema, line ${lineOf(first)}: Long runs on AWS, but is not documented there`);
  return longScalar;
}

const none: DocumentNode = { kind: Kind.DOCUMENT, definitions: [] };
const longScalar = parse("scalar Long", { noLocation: true });

const onTypes = "on FIELD_DEFINITION | OBJECT | INTERFACE | UNION | INPUT_OBJECT";
const prelude = parse(
  `
  ${Object.keys(awsScalars)
    .map((name) => `scalar ${name}`)
    .join("\n")}
  directive @aws_subscribe(mutations: [String!]!) on FIELD_DEFINITION
  directive @aws_publish(subscriptions: [String]) on FIELD_DEFINITION
  directive @aws_auth(cognito_groups: [String!]!) on FIELD_DEFINITION
  directive @aws_cognito_user_pools(cognito_groups: [String!]) ${onTypes}
  directive @aws_iam ${onTypes}
  directive @aws_api_key ${onTypes}
  directive @aws_oidc ${onTypes}
  directive @aws_lambda ${onTypes}
`,
  { noLocation: true },
);
const ownDirectives = prelude.definitions.flatMap((one) =>
  one.kind === Kind.DIRECTIVE_DEFINITION ? one.name.value : [],
);
