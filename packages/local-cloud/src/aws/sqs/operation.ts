import type { JsonObject } from "../gateway/json.ts";
import type { Queue } from "./queues.ts";

export interface Request {
  readonly queue: Queue;
  /** Its types are checked already. */
  readonly input: JsonObject;
  /** `SenderId` of what is sent. */
  readonly sender: string;
  readonly signal?: AbortSignal | undefined;
}

export type Output = Record<string, unknown>;
export type Operation = (request: Request) => Output | Promise<Output>;
