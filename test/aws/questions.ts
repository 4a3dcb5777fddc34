import { setTimeout } from "node:timers/promises";
import { openConnection } from "../../packages/client/src/connection.ts";

/** An API of the schema and the resolvers below that runs: on AWS or here. */
export interface RunningApi {
  readonly graphqlUrl: string;
  /** A token of a user who is in the group `members`, and of another who is in none. */
  readonly member: string;
  readonly outsider: string;
  /** Whether a resolver on a NONE data source may have a maxBatchSize. */
  readonly takesBatchSize: () => Promise<boolean>;
}

/** One that only an API that runs can answer. */
export interface Question {
  readonly name: string;
  readonly ask: (api: RunningApi) => Promise<unknown>;
  /** The answer of the local AppSync. */
  readonly here: unknown;
}

/** The user pool is the only mode: D1 and D2 of docs/appsync-fidelity.md are about that. */
export const schema = `
  type Query {
    echo(text: String): String
    nested: Nested
    top: String @aws_auth(cognito_groups: ["members"])
    grouped: String @aws_cognito_user_pools(cognito_groups: ["members"])
  }
  type Nested { secret: String @aws_auth(cognito_groups: ["members"]) }
  type Mutation { publish(room: String): Event }
  type Event { room: String }
  type Subscription { onPublish(room: String): Event @aws_subscribe(mutations: ["publish"]) }`;

export const queryDepthLimit = 3;

const returning = (payload: string): string =>
  `export function request(ctx) { return { payload: ${payload} }; }
   export function response(ctx) { return ctx.result; }`;

/** By `Type.field`, all on a NONE data source. */
export const resolvers: Readonly<Record<string, string>> = {
  "Query.echo": returning("ctx.args.text"),
  "Query.nested": returning('{ secret: "seen" }'),
  "Query.top": returning('"seen"'),
  "Query.grouped": returning('"seen"'),
  "Mutation.publish": returning("{ room: ctx.args.room }"),
};

export const questions: readonly Question[] = [
  {
    name: "@aws_auth below a root type holds nobody out (aws/aws-appsync-community#275)",
    ask: (api) => outcome(api, api.outsider, "{ nested { secret } }"),
    here: { nested: { secret: "seen" } },
  },
  {
    name: "@aws_auth on a root field holds out who is not in the group",
    ask: (api) => outcome(api, api.outsider, "{ top }"),
    here: ["Unauthorized"],
  },
  {
    name: "@aws_auth on a root field lets a member in",
    ask: (api) => outcome(api, api.member, "{ top }"),
    here: { top: "seen" },
  },
  {
    name: "@aws_cognito_user_pools with groups holds a member out (aws/aws-appsync-community#349)",
    ask: (api) => outcome(api, api.member, "{ grouped }"),
    here: ["Unauthorized"],
  },
  {
    name: "an argument bound to a variable that is not given filters for null (aws/aws-appsync-community#36)",
    ask: (api) => roomsHeard(api, "subscription ($room: String) { onPublish(room: $room) { room } }"),
    here: [null],
  },
  {
    name: "an argument that is not in the document filters nothing",
    ask: (api) => roomsHeard(api, "subscription { onPublish { room } }"),
    here: [null, "a"],
  },
  {
    name: "a NONE data source takes a maxBatchSize (aws/aws-cdk#30266)",
    ask: (api) => api.takesBatchSize(),
    here: false,
  },
  {
    name: "a long answer is compressed for a client that takes gzip (aws/aws-appsync-community#15)",
    ask: async (api) => {
      const query = `{ echo(text: "${"long ".repeat(1_000)}") }`;
      const { headers } = await post(api.graphqlUrl, api.member, { query });
      return headers.get("content-encoding");
    },
    here: "gzip",
  },
  {
    name: `introspection deeper than queryDepthLimit ${queryDepthLimit} passes`,
    ask: async (api) => {
      const answer = await outcome(api, api.member, "{ __schema { types { fields { type { name } } } } }");
      return !Array.isArray(answer);
    },
    here: true,
  },
  {
    name: "subscribers get each of several aliases of one mutation, in order (the setting publishTogether)",
    ask: aliasesHeard,
    here: ["a", "b", "c"],
  },
];

function post(url: string, token: string, body: object): Promise<Response> {
  const headers = { authorization: token, "content-type": "application/json", "accept-encoding": "gzip" };
  return fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
}

/** The data, or the types of the errors. */
async function outcome({ graphqlUrl }: RunningApi, token: string, query: string, variables = {}) {
  const response = await post(graphqlUrl, token, { query, variables });
  const { data, errors } = (await response.json()) as {
    readonly data?: unknown;
    readonly errors?: readonly { readonly errorType?: string }[];
  };
  return errors === undefined ? data : errors.map(({ errorType }) => errorType);
}

/** The rooms of one request with three aliases, as a subscriber gets them. The requests before and after it are heard too. */
async function aliasesHeard(api: RunningApi): Promise<readonly unknown[]> {
  const { graphqlUrl, member } = api;
  const heard: string[] = [];
  const connection = await openConnection({ graphqlUrl, authorization: { Authorization: member } });
  await connection.subscribe({
    query: "subscription { onPublish { room } }",
    onData: (data) => heard.push((data as { readonly onPublish: { readonly room: string } }).onPublish.room),
  });
  try {
    const publish =
      "mutation ($a: String, $b: String, $c: String) { a: publish(room: $a) { room } b: publish(room: $b) { room } c: publish(room: $c) { room } }";
    const end = Date.now() + patience;
    let first: number | undefined;
    for (let round = 1; ; round += 1) {
      await outcome(api, member, publish, { a: `${round} a`, b: `${round} b`, c: `${round} c` });
      await setTimeout(pace);
      first ??= heard.length > 0 ? round : undefined;
      const asked = (first ?? Infinity) + 1;
      if (heard.some((room) => Number(room.split(" ")[0]) > asked)) {
        return heard.filter((room) => room.startsWith(`${asked} `)).map((room) => room.split(" ")[1]);
      }
      if (Date.now() > end) {
        throw new Error(`Heard only ${heard.join(", ")}`);
      }
    }
  } finally {
    await connection.close();
  }
}

/** Milliseconds: how often events are published again, and how long at most. */
const pace = 50;
const patience = 60_000;

/**
 * The rooms of the events that a subscription is given, of events of room "a" and of none. AppSync may accept a
 * subscription before it delivers, so both are published until one has come twice: the other had its turn between.
 */
async function roomsHeard(api: RunningApi, query: string): Promise<readonly unknown[]> {
  const delivered: unknown[] = [];
  const over = new AbortController();
  const { graphqlUrl, member } = api;
  const connection = await openConnection({ graphqlUrl, authorization: { Authorization: member } });
  await connection.subscribe({
    query,
    onData: (data) => {
      const { room } = (data as { readonly onPublish: { readonly room: unknown } }).onPublish;
      if (delivered.includes(room)) {
        over.abort();
      } else {
        delivered.push(room);
      }
    },
  });
  try {
    const publish = "mutation ($room: String) { publish(room: $room) { room } }";
    for (const end = Date.now() + patience; !over.signal.aborted;) {
      if (Date.now() > end) {
        throw new Error("No event came twice");
      }
      for (const room of ["a", null]) {
        const published = await outcome(api, api.member, publish, { room });
        if (Array.isArray(published)) {
          throw new Error(`Publishing answered ${published.join(", ")}`);
        }
      }
      await setTimeout(pace);
    }
    return delivered.toSorted((one, other) => String(other).localeCompare(String(one)));
  } finally {
    await connection.close();
  }
}
