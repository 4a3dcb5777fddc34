import type { GraphQLField, GraphQLObjectType } from "graphql";
import type { DeclaredApi, Mode } from "../declared.ts";
import { readStrings } from "../schema/index.ts";
import type { Caller } from "./caller.ts";

/** Which modes may read a field, and for user pools with which groups. */
export type Rule = ReadonlyMap<Mode, readonly string[] | "everyone">;

/** The rule of each field; undefined where anyone who was let in at all may read. */
export function createRules(
  providers: DeclaredApi["providers"],
): (type: GraphQLObjectType, field: GraphQLField<unknown, unknown>) => Rule | undefined {
  const [standard, ...others] = providers;
  const denied = standard.mode === "AMAZON_COGNITO_USER_POOLS" && standard.defaultAction === "DENY";
  const single = others.length === 0;
  const unmarked: Rule | undefined = denied
    ? new Map()
    : single
      ? undefined
      : new Map([[standard.mode, "everyone"]]);
  return (type, field) =>
    ruleOf([field], single) ?? ruleOf([type, ...type.extensionASTNodes], single) ?? unmarked;
}

export function allows(rule: Rule, caller: Caller): boolean {
  const groups = rule.get(caller.mode);
  return groups === "everyone" || (groups?.some((group) => caller.groups.includes(group)) ?? false);
}

type Marked =
  GraphQLField<unknown, unknown> | GraphQLObjectType | GraphQLObjectType["extensionASTNodes"][number];

const modes: Readonly<Record<string, Mode>> = {
  aws_cognito_user_pools: "AMAZON_COGNITO_USER_POOLS",
  aws_iam: "AWS_IAM",
  aws_api_key: "API_KEY",
  aws_oidc: "OPENID_CONNECT",
  aws_lambda: "AWS_LAMBDA",
};

/** `@aws_auth` counts only while the API has a single mode: AppSync ignores it silently otherwise. */
function ruleOf(marked: readonly Marked[], single: boolean): Rule | undefined {
  const rule = new Map<Mode, readonly string[] | "everyone">();
  for (const directive of marked.flatMap(directivesOf)) {
    const groups = readStrings(directive, "cognito_groups");
    const mode = modes[directive.name.value];
    if (mode) rule.set(mode, groups.length > 0 ? groups : "everyone");
    else if (directive.name.value === "aws_auth" && single) rule.set("AMAZON_COGNITO_USER_POOLS", groups);
  }
  return rule.size > 0 ? rule : undefined;
}

function directivesOf(marked: Marked) {
  return ("kind" in marked ? marked : marked.astNode)?.directives ?? [];
}
