import { randomUUID } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { DatabaseSync } from "node:sqlite";
import { type Graph, ofType } from "../../base/graph.ts";
import type { Iam } from "../iam/index.ts";
import { openDatabase } from "../database.ts";
import { Work } from "../../base/parts.ts";
import { refuse } from "../../base/refusal.ts";
import { AwsError, type Clock, type Executor, type Log, type Storage } from "../../base/service.ts";
import type { FunctionConfiguration } from "./configuration.ts";
import type { Functions } from "./functions.ts";
import type { FunctionError } from "./protocol.ts";

export interface AsynchronousOptions {
  readonly configurations: ReadonlyMap<string, FunctionConfiguration>;
  readonly functions: Functions;
  readonly graph: Graph;
  readonly iam: Iam;
  readonly sqs: Executor;
  readonly storage: Storage;
  readonly clock: Clock;
  readonly log: Log;
  /** Waits before the first and the second retry. */
  readonly retryDelaysMs?: readonly number[] | undefined;
}

interface QueuedEvent {
  readonly requestId: string;
  readonly functionArn: string;
  readonly payload: string;
  readonly clientContext: string | null;
  readonly attempts: number;
  readonly acceptedAt: number;
  readonly dueAt: number;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const RETRY_DELAYS_MS = [60_000, 120_000];
const MAX_AGE_MS = 6 * 3_600_000;

const schema = `
  CREATE TABLE IF NOT EXISTS events (requestId TEXT PRIMARY KEY, functionArn TEXT NOT NULL, payload TEXT NOT NULL,
    clientContext TEXT, attempts INTEGER NOT NULL, acceptedAt INTEGER NOT NULL, dueAt INTEGER NOT NULL) STRICT`;

/**
 * The queue of asynchronous invocations (`InvocationType: Event`). An event stays on disk until it succeeds, goes to
 * the function's dead-letter queue, or is lost with an error in the log. A restart continues with it.
 */
export class AsynchronousQueue {
  readonly #options: AsynchronousOptions;
  readonly #delays: readonly number[];
  readonly #db: DatabaseSync;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #running = new Set<Promise<void>>();
  readonly #work = new Work();
  #stopped = false;

  constructor(options: AsynchronousOptions) {
    this.#options = options;
    this.#delays = options.retryDelaysMs ?? RETRY_DELAYS_MS;
    for (const configuration of options.configurations.values()) {
      this.#requireDeadLetterAccess(configuration);
    }
    this.#db = openDatabase(options.storage, "asynchronous", schema);
  }

  /** Continues with the events that an earlier run left. */
  start(): void {
    const events = this.#db
      .prepare("SELECT * FROM events ORDER BY acceptedAt")
      .all() as unknown as QueuedEvent[];
    for (const event of events) {
      this.#schedule(event);
    }
  }

  /** Returns the request's id once the event is on disk. */
  accept(functionArn: string, payload: string, clientContext: string | undefined): string {
    const now = this.#options.clock();
    const requestId = randomUUID();
    const event = { requestId, functionArn, payload, clientContext: clientContext ?? null, attempts: 0 };
    this.#db
      .prepare(
        "INSERT INTO events VALUES (:requestId, :functionArn, :payload, :clientContext, :attempts, :now, :now)",
      )
      .run({ ...event, now });
    this.#schedule({ ...event, acceptedAt: now, dueAt: now });
    return requestId;
  }

  /** Settles when no event is due and none is being handled. Retries that are due later do not count. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) {
      await Promise.all(this.#running);
    }
  }

  /** How many attempts have begun and ended. */
  get work(): number {
    return this.#work.count;
  }

  /** Starts no further attempt, and returns when the current ones have ended. Unfinished events stay on disk. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers.values()) {
      clearTimeout(timer);
    }
    this.#timers.clear();
    await Promise.all(this.#running);
    if (this.#db.isOpen) {
      this.#db.close();
    }
  }

  #schedule(event: QueuedEvent): void {
    const wait = event.dueAt - this.#options.clock();
    if (wait <= 0) {
      this.#begin(event);
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(event.requestId);
      this.#begin(event);
    }, wait);
    this.#timers.set(event.requestId, timer);
  }

  #begin(event: QueuedEvent): void {
    const attempt = this.#work
      .during(async () => {
        // The caller gets the request's id first.
        await nextTurn();
        if (!this.#stopped) {
          await this.#attempt(event);
        }
      })
      .finally(() => this.#running.delete(attempt));
    this.#running.add(attempt);
  }

  async #attempt(event: QueuedEvent): Promise<void> {
    const { log, functions, configurations } = this.#options;
    const configuration = configurations.get(event.functionArn);
    if (!configuration) {
      this.#giveUp(event, {
        errorType: "ResourceNotFoundException",
        errorMessage: "The function is no longer declared.",
      });
      return;
    }
    try {
      const { outcome } = await functions.execute(configuration, {
        event: event.payload,
        requestId: event.requestId,
        clientContext: event.clientContext ?? undefined,
      });
      if ("payload" in outcome) {
        this.#remove(event);
      } else {
        await this.#failed(event, configuration, outcome.error, event.attempts + 1);
      }
    } catch (error) {
      // The next start continues with the event.
      if (this.#stopped) {
        return;
      }
      // AWS retries a throttled event for hours, and does not count these attempts.
      log.warn("event waits: Lambda cannot run it now", { ...about(event), error: String(error) });
      await this.#failed(event, configuration, faultOf(error), event.attempts);
    }
  }

  async #failed(
    event: QueuedEvent,
    configuration: FunctionConfiguration,
    error: FunctionError,
    attempts: number,
  ): Promise<void> {
    const now = this.#options.clock();
    const delay = this.#delays[Math.max(0, attempts - 1)];
    if (delay === undefined || now + delay - event.acceptedAt > MAX_AGE_MS) {
      if (configuration.deadLetterArn === undefined) {
        this.#giveUp(event, error);
        return;
      }
      return this.#deadLetter(event, configuration, configuration.deadLetterArn, error);
    }
    this.#db
      .prepare("UPDATE events SET attempts = ?, dueAt = ? WHERE requestId = ?")
      .run(attempts, now + delay, event.requestId);
    this.#schedule({ ...event, attempts, dueAt: now + delay });
  }

  async #deadLetter(
    event: QueuedEvent,
    configuration: FunctionConfiguration,
    queueArn: string,
    error: FunctionError,
  ): Promise<void> {
    const { iam, sqs } = this.#options;
    const text = (value: string): object => ({ DataType: "String", StringValue: value });
    try {
      await sqs.execute(
        iam.assume(configuration.roleArn, "lambda.amazonaws.com", configuration.arn),
        "SendMessage",
        {
          QueueUrl: this.#queue(queueArn)?.id ?? "",
          MessageBody: event.payload,
          MessageAttributes: {
            RequestID: text(event.requestId),
            ErrorCode: { DataType: "Number", StringValue: "200" },
            ErrorMessage: text(error.errorMessage.slice(0, 1024)),
          },
        },
      );
      this.#remove(event);
    } catch (fault) {
      this.#giveUp(event, { errorType: "DeadLetterErrors", errorMessage: String(fault) });
    }
  }

  #giveUp(event: QueuedEvent, error: FunctionError): void {
    this.#options.log.error("event lost: its retries are spent, and no dead-letter queue accepted it", {
      ...about(event),
      error,
    });
    this.#remove(event);
  }

  #remove(event: QueuedEvent): void {
    this.#db.prepare("DELETE FROM events WHERE requestId = ?").run(event.requestId);
  }

  #queue(arn: string): { readonly id: string } | undefined {
    return ofType(this.#options.graph, "aws:sqs/queue:Queue").find(({ outputs }) => outputs.arn === arn);
  }

  #requireDeadLetterAccess({ declared, arn, roleArn, deadLetterArn }: FunctionConfiguration): void {
    if (deadLetterArn === undefined) {
      return;
    }
    const input = "deadLetterConfig.targetArn";
    if (!this.#queue(deadLetterArn)) {
      refuse(declared, input, `names no declared queue: ${deadLetterArn}`);
    }
    const { iam } = this.#options;
    try {
      const principal = iam.assume(roleArn, "lambda.amazonaws.com", arn);
      iam.authorize({ principal, action: "sqs:SendMessage", resource: deadLetterArn });
    } catch (error) {
      refuse(
        declared,
        input,
        `is ${deadLetterArn}. The provided execution role does not have permissions to call SendMessage on SQS: ${(error as Error).message}`,
      );
    }
  }
}

function about({ requestId, functionArn }: QueuedEvent): Record<string, unknown> {
  return { function: functionArn.split(":").at(-1), requestId };
}

function faultOf(error: unknown): FunctionError {
  return error instanceof AwsError
    ? { errorType: error.code, errorMessage: error.message }
    : { errorType: "ServiceException", errorMessage: String(error) };
}
