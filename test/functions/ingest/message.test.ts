import { describe, expect, it } from "@jest/globals";
import { parseMessage } from "../../../functions/ingest/message.ts";

const record = (eventName: string, key: string) => ({
  eventName,
  s3: { object: { key, sequencer: "0A" } },
});

describe("a message", () => {
  it("of S3 has its events, with the keys as they are in the bucket", () => {
    const Records = [record("ObjectCreated:Put", "uploads/a+b/%C3%A4"), record("ObjectRemoved:Delete", "x")];
    expect(parseMessage(JSON.stringify({ Records }))).toEqual({
      kind: "events",
      events: [
        { kind: "created", key: "uploads/a b/ä", sequencer: "0A" },
        { kind: "removed", key: "x", sequencer: "0A" },
      ],
    });
  });

  it("of S3 distinguishes the removal of one version from that of the object", () => {
    const kinds = ["ObjectRemoved:Delete", "ObjectRemoved:DeleteMarkerCreated", "ObjectCreated:Put"];
    const Records = kinds.flatMap((name) =>
      [undefined, "v1"].map((versionId) => ({
        eventName: name,
        s3: { object: { key: "x", sequencer: "0A", versionId } },
      })),
    );
    const message = parseMessage(JSON.stringify({ Records }));
    const events = message.kind === "events" ? message.events : [];
    expect(events.map(({ kind, ofVersion }) => [kind, ofVersion])).toEqual([
      ["removed", undefined],
      ["removed", true],
      ["removed", undefined],
      ["removed", undefined],
      ["created", undefined],
      ["created", undefined],
    ]);
  });

  it("of S3's test has no events", () => {
    const test = { Service: "Amazon S3", Event: "s3:TestEvent", Bucket: "uploads" };
    expect(parseMessage(JSON.stringify(test))).toEqual({ kind: "events", events: [] });
  });

  it("of the sweep requests a check, and of the schedule an audit", () => {
    const key = { ownerId: "alice", id: "01JD3Z6V5K8Q2M7N4P9R0S1T2W" };
    expect(parseMessage(JSON.stringify({ check: { ...key, more: 1 } }))).toEqual({ kind: "check", key });
    expect(parseMessage('{"audit":"objects"}')).toEqual({ kind: "audit" });
  });

  it.each(["", "no JSON", "{}", '{"check":{}}', '{"check":{"ownerId":"alice"}}', '{"audit":"rows"}'])(
    "is not %p",
    (text) => {
      expect(() => parseMessage(text)).toThrow();
    },
  );
});
