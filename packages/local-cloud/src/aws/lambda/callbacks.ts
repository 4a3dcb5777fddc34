import type { MessagePort } from "node:worker_threads";

/** A handler as runtimes up to nodejs22.x call it. */
export type CallbackHandler = (event: unknown, context: unknown, callback: Callback) => unknown;
type Callback = (error?: unknown, result?: unknown) => void;

/**
 * Calls a handler that returns a promise, calls its callback, or calls a method of its context. Without a promise, the
 * run ends when the event loop is empty, or at the callback if `callbackWaitsForEmptyEventLoop` is false. The result is
 * null if the handler gives none. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html#nodejs-handler-callback
 */
export async function callWithCallback(
  handler: CallbackHandler,
  event: unknown,
  context: Readonly<Record<string, unknown>>,
  port: MessagePort,
): Promise<unknown> {
  const answered = Promise.withResolvers<unknown>();
  let result: unknown = null;
  const whenIdle = () => answered.resolve(result);
  const end: Callback = (error, value) =>
    error === undefined || error === null ? answered.resolve(value) : answered.reject(asError(error));
  const extended = {
    ...context,
    callbackWaitsForEmptyEventLoop: true,
    done: end,
    succeed: (value: unknown) => end(undefined, value),
    fail: (error: unknown) => end(error ?? "handled"),
  };
  const callback: Callback = (error, value) => {
    if ((error ?? undefined) === undefined && extended.callbackWaitsForEmptyEventLoop) {
      result = value;
    } else {
      end(error, value);
    }
  };
  process.once("beforeExit", whenIdle);
  // An open port keeps the event loop from becoming empty.
  port.unref();
  try {
    const returned = handler(event, extended, callback);
    return await (isPromise(returned) ? returned : answered.promise);
  } finally {
    process.off("beforeExit", whenIdle);
    port.ref();
  }
}

const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof (value as { then?: unknown } | undefined | null)?.then === "function";

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
