import { describe, expect, it } from "@jest/globals";
import * as messages from "../../domain/messages.ts";
import { received, receivedText, UnknownMessage } from "../../functions/shared/message.ts";

const key = { ownerId: "alice-sub", id: "01JD3Z6V5K8Q2M7N4P9R0S1T2W" };
const upload = { sign: "upload", ...key, contentType: "image/jpeg", contentLength: 1 };
const download = { sign: "download", ...key, ttlSeconds: 900 };

type Parser = (message: unknown) => unknown;

const taken: [Parser, object][] = [
  [messages.parseLabelJob, { ...key, run: 1 }],
  [messages.parseDeliveryJob, key],
  [messages.parseDeliveryJob, { ...key, replay: true }],
  [messages.parseCheckRequest, { check: key }],
  [messages.parseAuditRequest, { audit: "objects" }],
  [messages.parseUploadRequest, upload],
  [messages.parseUploadRequest, { ...upload, sha256: "a" }],
  [messages.parseDownloadRequest, download],
  [messages.parseWebhookRequest, { do: "register", ownerId: "o", url: "https://example.com/" }],
  [messages.parseWebhookRequest, { do: "showSecret", ownerId: "o", assetId: "a" }],
  [messages.parseWebhookRequest, { do: "rotateSecret", ownerId: "o" }],
  [messages.parseWebhookRequest, { do: "replay", ownerId: "o", id: "" }],
];

describe("a message", () => {
  it.each(taken.map(([parse, message]) => [parse.name, message, parse] as const))(
    "%s takes %j, and of it no more than it knows",
    (_, message, parse) => {
      expect(parse({ ...message, more: "ignored" })).toEqual(message);
    },
  );

  it.each(
    taken.flatMap(([parse, message]) =>
      Object.keys(message)
        .filter((name) => !["sha256", "replay"].includes(name))
        .map((name) => [parse.name, name, message, parse] as const),
    ),
  )("%s does not take one without %s: %j", (_, name, message, parse) => {
    expect(parse({ ...message, [name]: undefined })).toBeUndefined();
    expect(parse({ ...message, [name]: { not: "this" } })).toBeUndefined();
  });

  it.each([null, undefined, "text", 1, [], {}])("no parser takes %j", (value) => {
    expect(taken.map(([parse]) => parse(value)).filter((message) => message !== undefined)).toEqual([]);
  });

  it("is distinguished from the others of its receiver", () => {
    expect(messages.parseUploadRequest(download)).toBeUndefined();
    expect(messages.parseDownloadRequest(upload)).toBeUndefined();
    expect(messages.parseWebhookRequest({ do: "other", ownerId: "o" })).toBeUndefined();
    expect(messages.parseAuditRequest({ audit: "rows" })).toBeUndefined();
  });
});

describe("a receiver", () => {
  it("gets the typed message", () => {
    expect(receivedText(messages.parseDeliveryJob, JSON.stringify(key))).toEqual(key);
    expect(received(messages.parseDownloadRequest, download)).toEqual(download);
  });

  it.each(["", "{", "{}", JSON.stringify({ id: "a" })])("fails with a code for %p", (text) => {
    expect(() => receivedText(messages.parseDeliveryJob, text)).toThrow(UnknownMessage);
    expect(() => receivedText(messages.parseDeliveryJob, text)).toThrow(
      expect.objectContaining({ code: "UnknownMessage" }),
    );
  });
});
