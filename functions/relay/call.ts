import { callbackOf, type Delivery, deliveryId } from "../../domain/callback.ts";
import type { AssetEvent } from "../../domain/event.ts";
import type { DeliveryJob } from "../../domain/messages.ts";
import type { Callbacks } from "../shared/callbacks.ts";
import { due } from "../shared/deliveries.ts";
import { expiry, type Keeping } from "../shared/expiry.ts";

interface Calling {
  readonly callbacks: Callbacks;
  readonly queue: (job: DeliveryJob) => Promise<void>;
  readonly keeping: Keeping;
}

/**
 * Queues a delivery to the asset's receiver if the event has a callback. The row is written first. If the message is
 * lost, the sweep finds the row. A repeated event has the same number, so its row already exists.
 */
export const caller =
  ({ callbacks, queue, keeping }: Calling) =>
  async (event: AssetEvent): Promise<void> => {
    const delivery = deliveryOf(event, keeping);
    if (delivery) {
      await callbacks.add(delivery);
      await queue({ ownerId: delivery.ownerId, id: delivery.id } satisfies DeliveryJob);
    }
  };

function deliveryOf(event: AssetEvent, keeping: Keeping): Delivery | undefined {
  const callback = callbackOf(event);
  const url = event.asset.callbackUrl;
  if (!callback || url === null) {
    return undefined;
  }
  const { ownerId, assetId, seq } = event;
  const id = deliveryId(assetId, seq);
  const now = keeping.now();
  return {
    ...{ ownerId, id, assetId, seq, url },
    type: callback.type,
    body: JSON.stringify(callback),
    status: "PENDING",
    attempts: [],
    tries: 0,
    createdAt: new Date(now).toISOString(),
    ...due(id, now),
    ...expiry(keeping.days, now),
  };
}
