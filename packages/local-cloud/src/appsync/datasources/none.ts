import { type DataSource } from "../model/source.ts";
import { requestFields } from "./request.ts";

/** Hands the payload from the request handler to the response handler; a handler that returns nothing has none. */
export const noneSource: DataSource = {
  run(request) {
    if (request === null || request === undefined) {
      return Promise.resolve({ result: null });
    }
    return Promise.resolve({ result: requestFields(request)["payload"] ?? null });
  },
};
