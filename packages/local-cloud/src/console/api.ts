import { readMail } from "../aws/cognito/mailbox.ts";
import { ofType } from "../base/graph.ts";
import { byService } from "../meter/index.ts";
import { standingCosts } from "../meter/monthly.ts";
import type { Call } from "../record/index.ts";
import {
  administrator,
  changeUser,
  declaredQueue,
  itemsOf,
  messagesOf,
  objectsOf,
  subscriptionsOf,
  usersOf,
} from "./looks.ts";
import { schedulesOf } from "./schedules.ts";
import type { Sources } from "./sources.ts";
import { wayOf, wayOfCall } from "./way.ts";

/** One request of the page. */
export interface Question {
  /** Below `/_console/api/`. */
  readonly name: string;
  readonly query: string;
  readonly post: boolean;
  readonly sources: Sources;
}

type Answer = (sources: Sources, parameter: (name: string) => string) => object | Promise<object>;

/** Undefined for a question that does not exist. Throws for one that is refused. */
export function answerTo({ name, query, post, sources }: Question): object | undefined | Promise<object> {
  const answers: Readonly<Record<string, Answer>> = post ? changes : reads;
  const parameters = new URLSearchParams(query);
  const answer = () =>
    Object.hasOwn(answers, name)
      ? answers[name]?.(sources, (parameter) => parameters.get(parameter) ?? "")
      : undefined;
  // What the console looks at is not a call of the program, and costs nothing. What a person changes is and does.
  return post ? answer() : sources.recording.unseen(answer);
}

/** Calls of one answer. */
const maxCalls = 500;

const reads: Readonly<Record<string, Answer>> = {
  calls: ({ recording }, parameter) => ({
    calls: recording.calls.all
      .filter(({ id }) => id > Number(parameter("after")))
      .slice(-maxCalls)
      .map(summaryOf),
  }),
  way: ({ recording }, parameter) => ({
    steps:
      parameter("call") === ""
        ? wayOf(recording.calls.all, parameter("text"))
        : wayOfCall(recording.calls.all, Number(parameter("call"))),
  }),
  logs: ({ recording }, parameter) => ({
    lines: recording.lines.all.filter(({ id }) => id > Number(parameter("after"))).slice(-maxCalls),
  }),
  resources: (sources) => resourcesOf(sources),
  bill: ({ bill, graph }) => {
    const { usd, lines } = bill();
    return { usd, services: [...byService({ usd, lines })], lines, month: standingCosts(graph) };
  },
  items: (sources, parameter) =>
    itemsOf(sources, { table: parameter("table"), key: parameter("key"), after: parameter("after") }),
  messages: (sources, parameter) => messagesOf(sources, parameter("queue")),
  objects: (sources, parameter) =>
    objectsOf(sources, parameter("bucket"), parameter("prefix"), parameter("after")),
  schedules: (sources) => schedulesOf(sources),
  subscriptions: (sources) => subscriptionsOf(sources),
  users: (sources) => usersOf(sources),
  mail: ({ mailFile }) => ({ mail: readMail(mailFile).slice(-100).reverse() }),
};

const changes: Readonly<Record<string, Answer>> = {
  /** Moves the messages of a dead-letter queue back to the queues that they came from. */
  redrive: ({ sqs, graph }, parameter) =>
    sqs.execute(administrator, "StartMessageMoveTask", {
      SourceArn: declaredQueue(graph, parameter("queue")).outputs.arn,
    }),
  /** Calls the target of a schedule. */
  run({ scheduler }, parameter) {
    scheduler.run(parameter("schedule"));
    return {};
  },
  user: (sources, parameter) =>
    changeUser(sources, parameter("pool"), parameter("username"), parameter("change")),
  faults({ faults }, parameter) {
    if (!faults.toggle) {
      throw new Error("No faults are configured: start with --faults FILE");
    }
    faults.toggle(parameter("on") === "true");
    return { on: faults.isOn() };
  },
};

/** Without what only its own view shows. */
const summaryOf = ({ input: _, lines, ...call }: Call) => ({ ...call, lines: lines.length });

async function resourcesOf({ graph, sqs, faults }: Sources): Promise<object> {
  const named = (type: Parameters<typeof ofType>[1]) => ofType(graph, type).map(({ name }) => name);
  const queues = await Promise.all(
    ofType(graph, "aws:sqs/queue:Queue").map(async ({ name, outputs }) => ({
      name,
      ...countsOf(
        await sqs.execute(administrator, "GetQueueAttributes", {
          QueueUrl: outputs.url,
          AttributeNames: ["All"],
        }),
      ),
    })),
  );
  return {
    queues,
    faults: { counts: faults.counts(), isConfigured: faults.toggle !== undefined, isOn: faults.isOn() },
    apis: named("aws:appsync/graphQLApi:GraphQLApi"),
    functions: named("aws:lambda/function:Function"),
    tables: named("aws:dynamodb/table:Table"),
    buckets: named("aws:s3/bucket:Bucket"),
    schedules: named("aws:scheduler/schedule:Schedule"),
    userPools: named("aws:cognito/userPool:UserPool"),
  };
}

function countsOf({ Attributes }: Readonly<Record<string, unknown>>) {
  const attributes = (Attributes ?? {}) as Readonly<Record<string, string | undefined>>;
  return {
    messages: Number(attributes["ApproximateNumberOfMessages"] ?? 0),
    inFlight: Number(attributes["ApproximateNumberOfMessagesNotVisible"] ?? 0),
    delayed: Number(attributes["ApproximateNumberOfMessagesDelayed"] ?? 0),
    isDeadLetters: attributes["RedriveAllowPolicy"] !== undefined,
  };
}
