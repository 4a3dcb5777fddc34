import type { JsonObject } from "../gateway/json.ts";
import type { Queue } from "./queues.ts";

export interface Request {
  readonly queue: Queue;
  /** `readInput` has checked its types. */
  readonly input: JsonObject;
  /** `SenderId` of a message that the request sends. */
  readonly sender: string;
  readonly signal?: AbortSignal | undefined;
}

export type Output = Record<string, unknown>;
export type Operation = (request: Request) => Output | Promise<Output>;
