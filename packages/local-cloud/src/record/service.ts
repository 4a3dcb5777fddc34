import type { Recorder } from "../base/recorder.ts";
import type { Call, Principal, Service } from "../base/service.ts";

/** Records the calls of a service, by HTTP and in process. */
export function recorded<S extends Service>(recorder: Recorder | undefined, service: S): S {
  if (!recorder) {
    return service;
  }
  const name = service.scopes[0] ?? "";
  const { execute } = service as Partial<{ execute: Execute }>;
  return {
    ...service,
    ...(execute && {
      execute: ((principal, operation, input, signal) =>
        recorder.call(
          {
            ...{ service: name, operation, principal, resource: resourceIn(input) },
            input: () => JSON.stringify(input),
            isEmpty: (result) => saysNothing(operation, result),
          },
          () => execute(principal, operation, input, signal),
        )) satisfies Execute,
    }),
    handle: (call) => handled(recorder, name, service, call),
  };
}

type Execute = (
  principal: Principal,
  operation: string,
  input: Readonly<Record<string, unknown>>,
  signal?: AbortSignal,
) => Promise<Record<string, unknown>>;

function handled(recorder: Recorder, name: string, service: Service, call: Call): Promise<void> {
  const { request, url, principal } = call;
  const target = request.headers["x-amz-target"];
  const operation = typeof target === "string" ? (target.split(".").at(-1) ?? "") : (request.method ?? "");
  const trace = request.headers["x-amzn-trace-id"];
  const about = {
    ...{ service: name, operation, principal, input: `${request.method ?? ""} ${url.pathname}` },
    resource: typeof target === "string" ? "" : decodeURI(url.pathname),
    trace: typeof trace === "string" ? trace : undefined,
  };
  const body: Call["body"] = async (limit) => {
    const bytes = await call.body(limit);
    if (typeof target === "string") {
      about.input = bytes.toString("utf8", 0, maxBytes);
      about.resource = resourceOfText(about.input);
    }
    return bytes;
  };
  return recorder.call(about, () => service.handle({ ...call, body }));
}

const maxBytes = 8192;

/** The fields that name what an operation is for. */
const names = ["TableName", "QueueUrl", "FunctionName", "StreamArn", "TopicArn", "Username", "logGroupName"];

function resourceIn(input: Readonly<Record<string, unknown>>): string {
  const named = names.map((name) => input[name]).find((value) => typeof value === "string");
  return (named ?? tablesIn(input)).split("/").at(-1) ?? "";
}

/** Of a batch or of a transaction. */
function tablesIn({ RequestItems, TransactItems }: Readonly<Record<string, unknown>>): string {
  const parts = ((TransactItems ?? []) as readonly object[]).flatMap(
    (part) => Object.values(part) as object[],
  );
  const tables = parts.map((part) => (part as { readonly TableName?: string }).TableName ?? "");
  return [...new Set([...Object.keys(RequestItems ?? {}), ...tables])].join(", ");
}

function resourceOfText(text: string): string {
  try {
    return resourceIn(JSON.parse(text) as Readonly<Record<string, unknown>>);
  } catch {
    return "";
  }
}

/** Polls of event source mappings, and what tests ask queues for. */
function saysNothing(operation: string, result: unknown): boolean {
  const { Messages, Records } = (result ?? {}) as {
    readonly Messages?: unknown[];
    readonly Records?: unknown[];
  };
  switch (operation) {
    case "ReceiveMessage":
      return (Messages ?? []).length === 0;
    case "GetRecords":
      return (Records ?? []).length === 0;
    default:
      return /^(?:DescribeStream|GetShardIterator|GetQueueAttributes)$/.test(operation);
  }
}
