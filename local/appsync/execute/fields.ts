import type {
  GraphQLField,
  GraphQLFieldResolver,
  GraphQLObjectType,
  GraphQLResolveInfo,
  GraphQLSchema,
} from "graphql";
import type { Log } from "../../aws/service.ts";
import type { Grants } from "../auth/grants.ts";
import type { Rule } from "../auth/rules.ts";
import { allows } from "../auth/rules.ts";
import { objectFields } from "../schema/index.ts";
import { FieldError } from "./errors.ts";
import type { Execution } from "./execution.ts";
import type { Resolver } from "./resolver.ts";
import { notAuthorized, runResolver } from "./resolver.ts";

/** What the fields of one API are resolved with. */
export interface FieldSettings {
  readonly ruleOf: RuleOf;
  readonly grants: Grants;
  /** By `Type.field`. */
  readonly resolvers: ReadonlyMap<string, Resolver>;
  readonly queryDepthLimit: number;
  readonly resolverCountLimit: number;
  readonly log: Log;
}

export type RuleOf = (type: GraphQLObjectType, field: GraphQLField<unknown, unknown>) => Rule | undefined;

/** Gives each field of the schema its resolve function, once: requests do no schema work. */
export function installFields(schema: GraphQLSchema, settings: FieldSettings): void {
  const { ruleOf, grants, resolvers, queryDepthLimit } = settings;
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  install(schema, (type, field) => {
    const rule = ruleOf(type, field);
    const resolver = resolvers.get(`${type.name}.${field.name}`);
    const guards = [
      ...(queryDepthLimit > 0 ? [depthGuard(queryDepthLimit)] : []),
      ...(rule ? [ruleGuard(rule)] : []),
      ...(roots.includes(type) ? [grantGuard(grants)] : []),
    ];
    const resolve = guard(guards, resolver ? byCode(resolver, settings) : readProperty);
    return type === schema.getSubscriptionType() ? registering(resolve) : resolve;
  });
}

/** For payloads on their way to subscribers: their fields are there already; who may read them is asked again. */
export function installDelivery(schema: GraphQLSchema, ruleOf: RuleOf): void {
  install(schema, (type, field) => {
    const rule = ruleOf(type, field);
    return guard(rule ? [ruleGuard(rule)] : [], readProperty);
  });
}

function install(
  schema: GraphQLSchema,
  resolveOf: (type: GraphQLObjectType, field: GraphQLField<unknown, unknown>) => Resolve,
): void {
  for (const { type, field } of objectFields(schema))
    field.resolve = resolveOf(type, field) as GraphQLFieldResolver<unknown, unknown>;
}

type Resolve = (source: unknown, args: Args, execution: Execution, info: GraphQLResolveInfo) => unknown;
type Guard = (execution: Execution, info: GraphQLResolveInfo) => void;
type Args = Readonly<Record<string, unknown>>;

/** Own properties only: `constructor` is a field like any other. */
const readProperty: Resolve = (source, _args, _execution, { fieldName }) =>
  typeof source === "object" && source !== null && Object.hasOwn(source, fieldName)
    ? (source as Args)[fieldName]
    : undefined;

function byCode(resolver: Resolver, { resolverCountLimit, log }: FieldSettings): Resolve {
  return (source, args, execution, info) => {
    execution.resolversRun += 1;
    if (execution.resolversRun > resolverCountLimit)
      throw new FieldError("Resolver execution limit reached.", "ResolverExecutionLimitReached");
    return runResolver(resolver, { source, args, execution, info, log });
  };
}

function guard(guards: readonly Guard[], resolve: Resolve): Resolve {
  if (guards.length === 0) return resolve;
  return (source, args, execution, info) => {
    for (const check of guards) check(execution, info);
    return resolve(source, args, execution, info);
  };
}

function ruleGuard(rule: Rule): Guard {
  return ({ caller }, info) => {
    if (!allows(rule, caller)) throw notAuthorized(info);
  };
}

function grantGuard(grants: Grants): Guard {
  return ({ caller: { principal } }, info) => {
    if (principal && !grants.allows(principal, info.parentType.name, info.fieldName))
      throw notAuthorized(info);
  };
}

function depthGuard(limit: number): Guard {
  return ({ tooDeep }, info) => {
    if (tooDeep && depthOf(info.path) > limit)
      throw new FieldError("Query depth limit exceeded.", "QueryDepthLimitReached");
  };
}

function depthOf(path: GraphQLResolveInfo["path"]): number {
  let depth = 0;
  for (let step: typeof path | undefined = path; step; step = step.prev)
    if (typeof step.key === "string") depth += 1;
  return depth;
}

/** A subscription's field is resolved once, to be registered: its resolver may refuse, its value is not used. */
function registering(resolve: Resolve): Resolve {
  return async (source, args, execution, info) => {
    execution.registration.field = info.fieldName;
    execution.registration.arguments = args;
    await resolve(source, args, execution, info);
    return null;
  };
}
