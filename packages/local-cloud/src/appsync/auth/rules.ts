import type { GraphQLField, GraphQLObjectType, GraphQLSchema } from "graphql";
import type { DeclaredApi } from "../declared/index.ts";
import type { Mode } from "../declared/providers.ts";
import { objectFields, readStrings } from "../schema/index.ts";
import type { Warn } from "../warn.ts";
import type { Caller } from "../model/caller.ts";

/** The modes that may read a field, with the groups of a user pool. */
export type Rule = ReadonlyMap<Mode, readonly string[] | "everyone">;

/** The rule of each field. Undefined where every authenticated caller may read it. */
export function createRules(
  providers: DeclaredApi["providers"],
  schema: GraphQLSchema,
  warn: Warn,
): (type: GraphQLObjectType, field: GraphQLField<unknown, unknown>) => Rule | undefined {
  const [standard, ...others] = providers;
  const denied = standard.mode === "AMAZON_COGNITO_USER_POOLS" && standard.defaultAction === "DENY";
  const isSingle = others.length === 0;
  const unmarked: Rule | undefined = denied
    ? new Map()
    : isSingle
      ? undefined
      : new Map([[standard.mode, "everyone"]]);
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const api = { isSingle, isPool: isSingle && standard.mode === "AMAZON_COGNITO_USER_POOLS", warn };
  const rules = new Map<string, Rule | undefined>();
  for (const { type, field } of objectFields(schema)) {
    const name = `${type.name}.${field.name}`;
    if (!rules.has(type.name)) {
      rules.set(type.name, ruleOf(type, type.name, { ...api, isRoot: false }));
    }
    rules.set(name, ruleOf(field, name, { ...api, isRoot: roots.includes(type) }));
  }
  return (type, field) => rules.get(`${type.name}.${field.name}`) ?? rules.get(type.name) ?? unmarked;
}

export function allows(rule: Rule, caller: Caller): boolean {
  const groups = rule.get(caller.mode);
  return groups === "everyone" || (groups?.some((group) => caller.groups.includes(group)) ?? false);
}

const modes: Readonly<Record<string, Mode>> = {
  aws_cognito_user_pools: "AMAZON_COGNITO_USER_POOLS",
  aws_iam: "AWS_IAM",
  aws_api_key: "API_KEY",
  aws_oidc: "OPENID_CONNECT",
  aws_lambda: "AWS_LAMBDA",
};

interface Marking {
  /** The API has one mode. `isPool`: it is a user pool. */
  readonly isSingle: boolean;
  readonly isPool: boolean;
  /** The field belongs to a root type. */
  readonly isRoot: boolean;
  readonly warn: Warn;
}

/**
 * Groups have the effect that they have on AWS. `@aws_auth` is ignored if the API has several modes, and below the root
 * types (aws/aws-appsync-community#275). If a user pool is the only mode, groups of `@aws_cognito_user_pools` refuse
 * everybody, members included (#349).
 */
function ruleOf({ astNode }: Marked, name: string, place: Marking): Rule | undefined {
  const rule = new Map<Mode, readonly string[] | "everyone">();
  for (const directive of astNode?.directives ?? []) {
    const groups = readStrings(directive, "cognito_groups");
    const mode = modes[directive.name.value];
    if (mode && groups.length > 0 && place.isPool) {
      place.warn(
        `@${directive.name.value} with groups on ${name} refuses everybody while the user pool is the only mode, as on AWS: use @aws_auth`,
      );
      rule.set(mode, []);
    } else if (mode) {
      rule.set(mode, groups.length > 0 ? groups : "everyone");
    } else if (directive.name.value === "aws_auth") {
      if (place.isSingle && place.isRoot) {
        rule.set("AMAZON_COGNITO_USER_POOLS", groups);
      } else {
        place.warn(ignored(name, place));
      }
    }
  }
  return rule.size > 0 ? rule : undefined;
}

const ignored = (name: string, { isSingle }: Marking): string =>
  `@aws_auth on ${name} protects nothing, as on AWS: ${isSingle ? "it has an effect on fields of Query, Mutation and Subscription" : "it has an effect only while the API has one mode"}`;

type Marked = GraphQLField<unknown, unknown> | GraphQLObjectType;
