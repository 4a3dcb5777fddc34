import { describe, expect, it } from "@jest/globals";
import { send } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { jpeg } from "../support/pictures.ts";

describe("labelling that never succeeds", () => {
  const use = useCloud({
    faults: { actions: [{ action: "rekognition:DetectLabels", code: "InternalServerError" }] },
  });

  it("ends in FAILED by way of the dead-letter queue", async () => {
    const { alice } = use();
    const bytes = await jpeg();
    const { asset, upload } = await alice.create(bytes, "image/jpeg");
    const events = await alice.events(asset.id);
    await send(upload, bytes);
    const end = await events.until(({ type }) => type === "LABEL_FAILED");
    expect(end.asset).toMatchObject({
      state: "RECEIVED",
      labelStatus: "FAILED",
      labelError: { code: "LabellingUnavailable" },
    });
  }, 120_000);
});
