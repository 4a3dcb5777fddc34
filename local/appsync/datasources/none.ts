import type { DataSource } from "./source.ts";
import { requestFields } from "./source.ts";

/** Hands the payload from the request handler to the response handler. */
export const noneSource: DataSource = {
  run(request) {
    return Promise.resolve({ result: requestFields(request)["payload"] ?? null });
  },
};
