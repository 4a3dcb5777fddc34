import type { IndexJob } from "../../domain/messages.ts";
import type { Order } from "./queue.ts";

/** An owner's jobs run one after another: they write the same counts. */
export const orderOfIndexing = ({ ownerId, id, cause }: IndexJob): Order => ({
  group: ownerId,
  once: `${id}#${cause.replaceAll(" ", "-")}`,
});
