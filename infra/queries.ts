/** A saved query over the logs of functions, and of the API with `api`. */
export interface SavedQuery {
  readonly name: string;
  /** The functions whose logs are queried. All by default. */
  readonly functions?: readonly string[];
  readonly api?: true;
  /** CloudWatch Logs Insights. */
  readonly query: readonly string[];
}

/** The first queries when something is wrong. The runbook names them. */
export const savedQueries: readonly SavedQuery[] = [
  {
    name: "errors by function",
    query: [
      "filter level = 'ERROR' or @message like /Invoke Error|Task timed out|Runtime exited/",
      "fields coalesce(message, 'the function itself') as what, coalesce(error.name, '-') as error",
      "stats count(*) as errors, max(@timestamp) as last by @log, what, error",
      "sort errors desc",
    ],
  },
  {
    name: "one asset",
    api: true,
    query: [
      "fields @timestamp, service, message, outcome, type, @message",
      "filter @message like 'ASSET_ID'",
      "sort @timestamp asc",
      "limit 1000",
    ],
  },
  {
    name: "slow invocations",
    query: [
      "filter @type = 'REPORT'",
      "fields @timestamp, @log, @duration, @initDuration, @maxMemoryUsed / 1000000 as megabytes, @requestId",
      "sort @duration desc",
      "limit 50",
    ],
  },
  {
    name: "failed callbacks by host",
    functions: ["deliver"],
    query: [
      "filter message = 'Receiver called' and (status < 200 or status >= 300)",
      "stats count(*) as failures, max(@timestamp) as last by host, status",
      "sort failures desc",
    ],
  },
  {
    name: "rejected uploads by code",
    functions: ["relay"],
    query: [
      "filter message = 'Event published' and type = 'REJECTED'",
      "stats count(*) as uploads, max(@timestamp) as last by code",
      "sort uploads desc",
    ],
  },
];
