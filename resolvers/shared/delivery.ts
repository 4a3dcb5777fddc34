import { util } from "@aws-appsync/utils";
import { type Delivery, messageId } from "../../domain/callback.ts";

/** The fields of a delivery that its owner may see. Its id is the one that the receiver gets. */
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
