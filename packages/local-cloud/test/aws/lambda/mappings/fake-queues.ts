import { createHash, randomUUID } from "node:crypto";
import type { Executor, Principal } from "../../../../src/base/service.ts";

interface Message {
  readonly id: string;
  readonly body: string;
  receives: number;
  /** Undefined while visible. */
  receipt: string | undefined;
}

/** Queues in memory whose visibility timeouts pass when the test says so. */
export class FakeQueues implements Executor {
  readonly calls: { readonly operation: string; readonly principal: Principal }[] = [];
  readonly #queues = new Map<string, Message[]>();
  readonly #waiting = new Set<() => void>();

  send(url: string, ...bodies: readonly unknown[]): void {
    for (const body of bodies) {
      const text = typeof body === "string" ? body : JSON.stringify(body);
      this.#queue(url).push({ id: randomUUID(), body: text, receives: 0, receipt: undefined });
    }
    this.#wake();
  }

  bodies(url: string): string[] {
    return this.#queue(url).map(({ body }) => body);
  }

  /** Lets the visibility timeout of all messages pass. */
  expire(url: string): void {
    for (const message of this.#queue(url)) {
      message.receipt = undefined;
    }
    this.#wake();
  }

  async execute(
    principal: Principal,
    operation: string,
    input: Readonly<Record<string, unknown>>,
    signal?: AbortSignal,
  ): Promise<Record<string, unknown>> {
    this.calls.push({ operation, principal });
    const queue = this.#queue(input["QueueUrl"] as string);
    switch (operation) {
      case "ReceiveMessage":
        return this.#receive(queue, input, signal);
      case "SendMessage":
        this.send(input["QueueUrl"] as string, input["MessageBody"]);
        return {};
      case "GetQueueAttributes": {
        const visible = queue.filter(({ receipt }) => receipt === undefined).length;
        return { Attributes: { ApproximateNumberOfMessages: String(visible) } };
      }
      case "DeleteMessageBatch":
        for (const { ReceiptHandle } of input["Entries"] as { ReceiptHandle: string }[]) {
          const at = queue.findIndex(({ receipt }) => receipt === ReceiptHandle);
          if (at >= 0) {
            queue.splice(at, 1);
          }
        }
        return { Successful: [] };
      default:
        throw new Error(`no ${operation} here`);
    }
  }

  async #receive(queue: Message[], input: Readonly<Record<string, unknown>>, signal?: AbortSignal) {
    const visible = () => queue.filter(({ receipt }) => receipt === undefined);
    while (visible().length === 0 && !signal?.aborted) {
      await this.#arrival(signal);
    }
    signal?.throwIfAborted();
    const messages = visible().slice(0, input["MaxNumberOfMessages"] as number);
    for (const message of messages) {
      message.receives++;
      message.receipt = randomUUID();
    }
    return {
      Messages: messages.map(({ id, body, receives, receipt }) => ({
        MessageId: id,
        ReceiptHandle: receipt,
        Body: body,
        MD5OfBody: createHash("md5").update(body).digest("hex"),
        Attributes: { ApproximateReceiveCount: String(receives), SentTimestamp: "0" },
        MessageAttributes: { kind: { DataType: "String", StringValue: "x" } },
      })),
    };
  }

  #arrival(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal?.addEventListener("abort", wake);
    });
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) {
      wake();
    }
  }

  #queue(url: string): Message[] {
    const queue = this.#queues.get(url) ?? [];
    this.#queues.set(url, queue);
    return queue;
  }
}
