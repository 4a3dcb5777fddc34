import { randomUUID } from "node:crypto";
import { AwsError, type Executor, type Invocation, type Log, type Principal } from "../../../base/service.ts";
import type { Work } from "../../../base/parts.ts";
import { Bell } from "./bell.ts";
import { eventRecord, type Message, type MessageRecord } from "./message.ts";
import { chunksOf, failuresIn } from "./response.ts";
import { type Backoff, isAborted, pause } from "./retry.ts";
import type { QueueMapping } from "./settings.ts";

export interface QueuePollerOptions {
  readonly mapping: QueueMapping;
  readonly principal: Principal;
  readonly invoke: (event: unknown) => Promise<Invocation & { readonly requestId: string }>;
  readonly work: Work;
  readonly sqs: Executor;
  readonly log: Log;
  readonly backoff: Backoff;
  readonly signal: AbortSignal;
}

/** SQS's maximum of a long poll in seconds, and of messages in one answer. */
const LONG_POLL_SECONDS = 20;
const RECEIVE_MAX = 10;

/** How often handled messages are deleted again after an error. */
const maxDeletions = 5;

/**
 * Delivers a queue's messages to the function: one long poll at a time, several batches at the same time. Messages that succeed
 * are deleted. Messages that fail become visible again after their visibility timeout.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export class QueuePoller {
  readonly #options: QueuePollerOptions;
  readonly #running = new Set<Promise<void>>();
  readonly #freed = new Bell();
  /** True while received messages wait for their batch. */
  #filling = false;
  /** Of a receive whose answer may have been lost: asked for again, it has the same messages. */
  #attemptId: string | undefined;

  constructor(options: QueuePollerOptions) {
    this.#options = options;
  }

  /** Settles when the signal has aborted and all batches have ended. */
  async run(): Promise<void> {
    const { mapping, signal, log, backoff } = this.#options;
    for (let faults = 0; !signal.aborted;) {
      await this.#room();
      try {
        const messages = await this.#collect();
        faults = 0;
        if (messages.length > 0) {
          this.#begin(messages);
        }
      } catch (error) {
        if (isAborted(signal)) {
          break;
        }
        log.error("the queue cannot be read", { mapping: mapping.name, error: String(error) });
        await pause(backoff(++faults), signal);
      } finally {
        this.#filling = false;
      }
    }
    await Promise.all(this.#running);
  }

  /** Settles once no message is visible and no batch is under way. */
  async idle(): Promise<void> {
    const { signal } = this.#options;
    while (!signal.aborted) {
      await Promise.all(this.#running);
      const visible = await this.#visible();
      // Received messages may become a batch in the next turn of the event loop.
      await pause(1, signal);
      if (visible === "0" && this.#running.size === 0 && !this.#filling) {
        return;
      }
    }
  }

  /** The number of visible messages, or undefined if the queue refuses to say, which may be temporary. */
  async #visible(): Promise<string | undefined> {
    const wanted = "ApproximateNumberOfMessages";
    try {
      const { Attributes } = await this.#execute("GetQueueAttributes", { AttributeNames: [wanted] });
      return (Attributes as Record<string, string> | undefined)?.[wanted] ?? "0";
    } catch (error) {
      if (error instanceof AwsError) {
        return undefined;
      }
      throw error;
    }
  }

  async #room(): Promise<void> {
    const { mapping, signal } = this.#options;
    while (this.#running.size >= mapping.maximumConcurrency && !signal.aborted) {
      await this.#freed.after(this.#freed.count, Infinity, signal);
    }
  }

  #begin(messages: readonly Message[]): void {
    const { log, mapping, work } = this.#options;
    const running = work
      .during(() => this.#handle(messages))
      .catch((error: unknown) => {
        log.error("a batch could not be handled; its messages become visible again", {
          mapping: mapping.name,
          error: String(error),
        });
      })
      .finally(() => {
        this.#running.delete(running);
        this.#freed.ring();
      });
    this.#running.add(running);
  }

  /** Makes one long poll or, with a batching window, polls until the batch is full or the window ends. */
  async #collect(): Promise<readonly Message[]> {
    const { batchSize, windowMs } = this.#options.mapping;
    const messages = await this.#receive(batchSize, LONG_POLL_SECONDS, this.#options.signal);
    this.#filling = messages.length > 0;
    const end = performance.now() + windowMs;
    for (
      let left = windowMs;
      left > 0 && this.#filling && messages.length < batchSize;
      left = end - performance.now()
    ) {
      const window = AbortSignal.any([AbortSignal.timeout(Math.ceil(left)), this.#options.signal]);
      messages.push(...(await this.#receive(batchSize - messages.length, Math.ceil(left / 1000), window)));
      if (this.#options.signal.aborted) {
        break;
      }
    }
    return messages;
  }

  async #receive(wanted: number, seconds: number, signal: AbortSignal): Promise<Message[]> {
    const input = {
      MaxNumberOfMessages: Math.min(wanted, RECEIVE_MAX),
      WaitTimeSeconds: Math.min(seconds, LONG_POLL_SECONDS),
      MessageSystemAttributeNames: ["All"],
      MessageAttributeNames: ["All"],
      ...(this.#options.mapping.ordered && {
        ReceiveRequestAttemptId: (this.#attemptId ??= randomUUID()),
      }),
    };
    try {
      const answer = await this.#execute("ReceiveMessage", input, signal);
      this.#attemptId = undefined;
      return (answer["Messages"] ?? []) as Message[];
    } catch (error) {
      // The window ended or the mapping stops. Nothing was received.
      if (signal.aborted && !(error instanceof AwsError)) {
        return [];
      }
      throw error;
    }
  }

  async #handle(messages: readonly Message[]): Promise<void> {
    const { mapping } = this.#options;
    const records = messages.map((message) => eventRecord(message, mapping));
    const wanted = records.filter((record) => mapping.filter(record));
    await this.#delete(records.filter((record) => !wanted.includes(record)));
    for (const batch of chunksOf(wanted)) {
      const succeeded = await this.#deliver(batch);
      if (!succeeded && mapping.ordered) {
        return;
      }
    }
  }

  /** False if a message of the batch failed. */
  async #deliver(batch: readonly MessageRecord[]): Promise<boolean> {
    const { mapping, invoke, log } = this.#options;
    const answer = await invoke({ Records: batch });
    const { requestId } = answer;
    if ("error" in answer) {
      const fields = { mapping: mapping.name, function: mapping.configuration.name, requestId };
      log.warn("batch failed; its messages become visible again", { ...fields, messages: batch.length });
      return false;
    }
    const failures = mapping.reportsFailures
      ? failuresIn(
          answer.payload,
          batch.map(({ messageId }) => messageId),
        )
      : new Set<string>();
    if (failures === "all" || failures.size > 0) {
      const failed = failures === "all" ? batch.map(({ messageId }) => messageId) : [...failures];
      log.warn("messages failed and become visible again", { mapping: mapping.name, requestId, failed });
    }
    await this.#delete(batch.filter(({ messageId }) => failures !== "all" && !failures.has(messageId)));
    return failures !== "all" && failures.size === 0;
  }

  async #delete(records: readonly MessageRecord[]): Promise<void> {
    for (let from = 0; from < records.length; from += RECEIVE_MAX) {
      const Entries = records.slice(from, from + RECEIVE_MAX).map(({ receiptHandle }, index) => ({
        Id: String(index),
        ReceiptHandle: receiptHandle,
      }));
      const Failed = await this.#deleteAll(Entries);
      if (Failed.length > 0) {
        this.#options.log.error("messages were handled but not deleted", {
          mapping: this.#options.mapping.name,
          Failed,
        });
      }
    }
  }

  /** Returns what could not be deleted. A message that is not deleted would be handled again, and holds up its group. */
  async #deleteAll(Entries: readonly object[]): Promise<readonly unknown[]> {
    const { backoff, signal } = this.#options;
    for (let errors = 0; ;) {
      try {
        return ((await this.#execute("DeleteMessageBatch", { Entries }))["Failed"] ?? []) as unknown[];
      } catch (error) {
        errors += 1;
        if (errors === maxDeletions || signal.aborted) {
          throw error;
        }
        await pause(backoff(errors), signal);
      }
    }
  }

  #execute(operation: string, input: object, signal?: AbortSignal): Promise<Record<string, unknown>> {
    const { sqs, principal, mapping } = this.#options;
    return sqs.execute(principal, operation, { QueueUrl: mapping.queue.url, ...input }, signal);
  }
}
