import type {
  GraphQLField,
  GraphQLFieldResolver,
  GraphQLObjectType,
  GraphQLResolveInfo,
  GraphQLSchema,
} from "graphql";
import type { Recorder } from "../../base/recorder.ts";
import type { Log } from "../../base/service.ts";
import type { Grants } from "../auth/grants.ts";
import type { Caching, FieldCache } from "../caching/index.ts";
import { allows, type Rule } from "../auth/rules.ts";
import { objectFields } from "../schema/index.ts";
import { argumentsAsSent } from "./arguments.ts";
import type { Console } from "./console.ts";
import { FieldError } from "./errors.ts";
import type { Execution } from "../model/execution.ts";
import { type Field, notAuthorized, type Resolver, runResolver } from "./resolver.ts";

/** The settings of the fields of one API. */
export interface FieldSettings {
  readonly ruleOf: RuleOf;
  readonly grants: Grants;
  /** By `Type.field`. */
  readonly resolvers: ReadonlyMap<string, Resolver>;
  readonly caching: Pick<Caching, "fields" | "evict">;
  /** Whether callers may have denied fields. */
  readonly denies: boolean;
  readonly queryDepthLimit: number;
  readonly resolverCountLimit: number;
  readonly log: Log;
  readonly console: Console;
  readonly recorder: Recorder | undefined;
}

export type RuleOf = (type: GraphQLObjectType, field: GraphQLField<unknown, unknown>) => Rule | undefined;

/** Sets the resolve function of each field of the schema. Requests do not read the schema again. */
export function installFields(schema: GraphQLSchema, settings: FieldSettings): void {
  const { ruleOf, grants, resolvers, caching, denies, queryDepthLimit } = settings;
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  install(schema, (type, field) => {
    const rule = ruleOf(type, field);
    const name = `${type.name}.${field.name}`;
    const resolver = resolvers.get(name);
    const guards = [
      ...(queryDepthLimit > 0 ? [depthGuard(queryDepthLimit)] : []),
      ...(denies ? [deniedGuard(name)] : []),
      ...(rule ? [ruleGuard(rule)] : []),
      ...(roots.includes(type) ? [grantGuard(grants)] : []),
    ];
    const resolve = guard(
      guards,
      resolver ? byCode(resolver, caching.fields.get(name), settings) : readProperty,
    );
    const whole = type === schema.getSubscriptionType() ? registering(resolve) : resolve;
    return field.args.length > 0 ? withArgumentsAsSent(whole) : whole;
  });
}

/** For payloads to subscribers. Their fields have values already, and the rules are checked again. */
export function installDelivery(
  schema: GraphQLSchema,
  { ruleOf, denies }: Pick<FieldSettings, "ruleOf" | "denies">,
): void {
  install(schema, (type, field) => {
    const rule = ruleOf(type, field);
    const guards = [
      ...(denies ? [deniedGuard(`${type.name}.${field.name}`)] : []),
      ...(rule ? [ruleGuard(rule)] : []),
    ];
    return guard(guards, readProperty);
  });
}

function install(
  schema: GraphQLSchema,
  resolveOf: (type: GraphQLObjectType, field: GraphQLField<unknown, unknown>) => Resolve,
): void {
  for (const { type, field } of objectFields(schema)) {
    field.resolve = resolveOf(type, field) as GraphQLFieldResolver<unknown, unknown>;
  }
}

type Resolve = (source: unknown, args: Args, execution: Execution, info: GraphQLResolveInfo) => unknown;
type Guard = (execution: Execution, info: GraphQLResolveInfo) => void;
type Args = Readonly<Record<string, unknown>>;

/** Own properties only: a field may have a name such as `constructor`. */
const readProperty: Resolve = (source, _args, _execution, { fieldName }) =>
  typeof source === "object" && source !== null && Object.hasOwn(source, fieldName)
    ? (source as Args)[fieldName]
    : undefined;

function byCode(
  resolver: Resolver,
  cache: FieldCache | undefined,
  { resolverCountLimit, log, console, recorder, caching: { evict } }: FieldSettings,
): Resolve {
  return (source, args, execution, info) => {
    execution.resolversRun += 1;
    if (execution.resolversRun > resolverCountLimit) {
      throw new FieldError("Resolver execution limit reached.", "ResolverExecutionLimitReached");
    }
    const field = { source, args, execution, info, log, console, recorder, evict };
    const cached = cache && execution.operation === "query";
    return cached ? fromCache(cache, resolver, field) : runResolver(resolver, field);
  };
}

/** Two misses at the same time both run. The result of a field with errors is not cached. */
async function fromCache(cache: FieldCache, resolver: Resolver, field: Field): Promise<unknown> {
  const { source, args, execution } = field;
  const { identity } = execution.caller;
  const key = cache.key({ arguments: args, source: source ?? null, identity });
  if (key === undefined) {
    return runResolver(resolver, field);
  }
  const known = cache.get(key);
  if (known) {
    return known.value;
  }
  const errors = execution.appended.length;
  const value = await runResolver(resolver, field);
  if (execution.appended.length === errors) {
    cache.set(key, value);
  }
  return value;
}

function guard(guards: readonly Guard[], resolve: Resolve): Resolve {
  if (guards.length === 0) {
    return resolve;
  }
  return (source, args, execution, info) => {
    for (const check of guards) {
      check(execution, info);
    }
    return resolve(source, args, execution, info);
  };
}

const withArgumentsAsSent =
  (resolve: Resolve): Resolve =>
  (source, args, execution, info) =>
    resolve(source, argumentsAsSent(args, info), execution, info);

function ruleGuard(rule: Rule): Guard {
  return ({ caller }, info) => {
    if (!allows(rule, caller)) {
      throw notAuthorized(info);
    }
  };
}

function deniedGuard(name: string): Guard {
  return ({ caller }, info) => {
    if (caller.deniedFields?.has(name)) {
      throw notAuthorized(info);
    }
  };
}

function grantGuard(grants: Grants): Guard {
  return ({ caller: { principal } }, info) => {
    if (principal && !grants.allows(principal, info.parentType.name, info.fieldName)) {
      throw notAuthorized(info);
    }
  };
}

function depthGuard(limit: number): Guard {
  return ({ tooDeep }, info) => {
    if (tooDeep && depthOf(info.path) > limit) {
      throw new FieldError("Query depth limit exceeded.", "QueryDepthLimitReached");
    }
  };
}

function depthOf(path: GraphQLResolveInfo["path"]): number {
  let depth = 0;
  for (let step: typeof path | undefined = path; step; step = step.prev) {
    if (typeof step.key === "string") {
      depth += 1;
    }
  }
  return depth;
}

/** The field of a subscription is resolved once, at its registration. The resolver may refuse. Its value is not used. */
function registering(resolve: Resolve): Resolve {
  return async (source, args, execution, info) => {
    execution.registration.field = info.fieldName;
    execution.registration.arguments = args;
    await resolve(source, args, execution, info);
    return null;
  };
}
