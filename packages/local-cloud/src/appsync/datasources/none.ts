import { type DataSource } from "../model/source.ts";
import { requestFields } from "./request.ts";

/** The payload of the request is the result. A request handler that returns nothing has no payload. */
export const noneSource: DataSource = {
  run(request) {
    if (request === null || request === undefined) {
      return Promise.resolve({ result: null });
    }
    return Promise.resolve({ result: requestFields(request)["payload"] ?? null });
  },
};
