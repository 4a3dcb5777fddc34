import { util } from "@aws-appsync/utils";
import { type Delivery, messageId } from "../../domain/callback.ts";

/** A delivery as its owner may see it: under the id that the receiver knows it by. */
export const deliveryView = (delivery: Delivery): unknown => ({
  id: messageId(delivery.assetId, delivery.seq),
  assetId: delivery.assetId,
  seq: delivery.seq,
  type: delivery.type,
  url: delivery.url,
  status: delivery.status,
  attempts: delivery.attempts,
  nextAttemptAt:
    delivery.status === "PENDING" ? util.time.epochMilliSecondsToISO8601(delivery.nextAttemptAt) : null,
  createdAt: delivery.createdAt,
});
