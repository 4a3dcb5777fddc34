import type { Graph } from "../../base/graph.ts";
import { type Meter, noMeter } from "../../base/meter.ts";
import type { Iam } from "../iam/index.ts";
import type { Firewall } from "../waf/firewall.ts";
import {
  AwsError,
  type Clock,
  type Invoker,
  type Principal,
  type Service,
  type Storage,
} from "../../base/service.ts";
import { Challenges } from "./challenges.ts";
import type { Context, Pool, VerifiedToken } from "./context.ts";
import { loadSigningKeys } from "./keys.ts";
import { createGuard } from "./guard.ts";
import { Mailbox } from "./mailbox.ts";
import { createCognitoService, createRun } from "./service.ts";
import { readPools } from "./read-pools.ts";
import { addUser, findUser, identityOf, newAccount, setPassword } from "./users.ts";
import { passwordMatches } from "./srp.ts";
import { requiredSecret } from "./second-factor.ts";
import { openUsers } from "./database.ts";
import { PoolStore } from "./store.ts";
import { createVerifier } from "./tokens.ts";

export type { VerifiedToken } from "./context.ts";

export interface CognitoOptions {
  readonly graph: Graph;
  readonly storage: Storage;
  readonly iam: Iam;
  readonly clock: Clock;
  /** `http://127.0.0.1:<port>` of the front door. A function, because the port is not known at the start. */
  readonly endpoint: () => string;
  /** Runs the triggers of a pool. */
  readonly invoke?: Invoker["invoke"];
  readonly meter?: Meter | undefined;
  readonly firewall?: Firewall | undefined;
}

export interface SeedUser {
  readonly username: string;
  readonly password: string;
  readonly groups: readonly string[];
  readonly attributes?: Readonly<Record<string, string>>;
}

export interface SeededUser {
  readonly sub: string;
  /** Base32, for an app that makes codes (TOTP). Undefined if the user signs in without a code. */
  readonly totpSecret?: string;
}

/** The user pools of the graph. */
export interface Cognito {
  readonly service: Service;
  /** Throws `TokenError` with the message that AppSync answers. */
  verify(token: string): Promise<VerifiedToken>;
  /** Creates or updates confirmed users with these passwords and groups. Returns them by username. */
  seed(users: readonly SeedUser[], userPoolId?: string): ReadonlyMap<string, SeededUser>;
  /** Runs an operation in process. */
  execute(principal: Principal, operation: string, input: Readonly<Record<string, unknown>>): Promise<object>;
  /** Closes the database. */
  stop(): void;
}

/** Opens the data folder and creates missing signing keys. Throws `InvalidInput` for unsupported settings. */
export async function createCognito(options: CognitoOptions): Promise<Cognito> {
  const { graph, storage, iam, clock, endpoint, invoke = noTriggers, meter = noMeter } = options;
  const declared = readPools(graph);
  const database = openUsers(storage);
  const pools = new Map<string, Pool>();
  for (const settings of declared) {
    const store = new PoolStore(database, settings.id);
    pools.set(settings.id, { settings, store, keys: await loadSigningKeys(store) });
  }
  const verify = createVerifier(pools, clock);
  const mailbox = new Mailbox(storage);
  const context: Context = {
    pools,
    challenges: new Challenges(clock),
    verify,
    clock,
    mailbox,
    invoke,
    active: activeUsers(meter),
  };
  const run = createRun(context, iam);
  return {
    service: createCognitoService({ context, run, guard: createGuard(context, options.firewall), endpoint }),
    execute: async (principal, operation, input) => run(operation, input, principal),
    verify,
    seed: (users, userPoolId) => seed(onlyPool(pools, userPoolId), users, clock()),
    stop: () => database.close(),
  };
}

/**
 * Who signs up, signs in or refreshes tokens is a monthly active user: https://aws.amazon.com/cognito/pricing/. A run of
 * the local cloud is one month.
 */
function activeUsers(meter: Meter): Context["active"] {
  const active = new Set<string>();
  return (sub) => {
    if (!active.has(sub)) {
      active.add(sub);
      meter.count("cognito.users", "users");
    }
  };
}

const noTriggers = (): never => {
  throw new AwsError("InternalErrorException", "No functions run here");
};

function seed(pool: Pool, users: readonly SeedUser[], now: number): ReadonlyMap<string, SeededUser> {
  return new Map(users.map((user) => [user.username, seedUser(pool, user, now)]));
}

function seedUser(pool: Pool, seeded: SeedUser, now: number): SeededUser {
  const { username: name, password, groups, attributes = {} } = seeded;
  const found =
    findUser(pool, name) ??
    addUser(pool, newAccount(pool, name, attributes), { password, status: "CONFIRMED" }, now);
  const right =
    found.status === "CONFIRMED" && passwordMatches(identityOf(pool, found.username), found, password);
  if (!right) {
    setPassword(pool, found, password, "CONFIRMED", now);
  }
  for (const group of groups) {
    if (!pool.settings.groups.has(group)) {
      throw new AwsError("ResourceNotFoundException", `User pool ${pool.settings.id} has no group ${group}`);
    }
    pool.store.join(found.sub, group);
  }
  const totpSecret = requiredSecret(pool, found);
  return { sub: found.sub, ...(totpSecret !== undefined && { totpSecret }) };
}

function onlyPool(pools: ReadonlyMap<string, Pool>, id: string | undefined): Pool {
  const chosen = id === undefined && pools.size === 1 ? [...pools.values()][0] : pools.get(id ?? "");
  if (!chosen) {
    throw new Error(`Name one of the user pools to seed: ${[...pools.keys()].join(", ") || "there is none"}`);
  }
  return chosen;
}
