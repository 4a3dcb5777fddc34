import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { type OperationDefinitionNode, parse } from "graphql";
import { send } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { jpeg } from "../support/pictures.ts";
import { root } from "../support/program.ts";

const use = useCloud();

/** The operations of the README, in its order. */
const examples = [...readFileSync(join(root, "README.md"), "utf8").matchAll(/```graphql\n(.*?)```/gs)].map(
  ([, text = ""]) => ({
    text,
    name: (parse(text).definitions[0] as OperationDefinitionNode).name?.value ?? "",
  }),
);

/** Each example's variables, for an asset that was created, uploaded and labelled. */
const variables: Record<string, (id: string) => object> = {
  CreateAsset: () => ({
    input: { contentType: "image/jpeg", contentLength: 48_213, filename: "sunset.jpg" },
  }),
  GetAsset: (id) => ({ id }),
  ListAssets: () => ({}),
  ListAssetEvents: () => ({ after: 1 }),
  ListDeliveries: (id) => ({ id }),
  ConfirmUpload: (id) => ({ id }),
  LabelAsset: (id) => ({ id }),
  DeleteAsset: (id) => ({ id }),
  RestoreAsset: (id) => ({ id }),
  CreateUser: () => ({}),
  Me: () => ({}),
};

/** These have a setting of their own below. */
const apart = ["Watch", "RenewUpload"];

let id: string;

beforeAll(async () => {
  const { alice } = use();
  const bytes = await jpeg();
  const { asset, upload } = await alice.create(bytes, "image/jpeg");
  const events = await alice.events(asset.id);
  await send(upload, bytes);
  await events.until(({ type }) => type === "LABELLED");
  id = asset.id;
});

describe("the README's examples", () => {
  it("are all tested here", () => {
    const known = [...Object.keys(variables), ...apart];
    expect(examples.map(({ name }) => name).filter((name) => !known.includes(name))).toEqual([]);
    expect(known.filter((name) => !examples.some((example) => example.name === name))).toEqual([]);
  });

  it("work, one after the other", async () => {
    for (const { name, text } of examples.filter((example) => !apart.includes(example.name))) {
      const { data, errors } = await use().alice.ask(text, variables[name]?.(id));
      expect({ name, errors }).toEqual({ name, errors: undefined });
      expect([name, Object.values(data ?? {})[0]]).not.toEqual([name, null]);
    }
  });

  it("renew an upload of an asset that waits", async () => {
    const { alice } = use();
    const { asset } = await alice.create(await jpeg(), "image/jpeg");
    const { text } = examples.find(({ name }) => name === "RenewUpload") ?? { text: "" };
    expect((await alice.ask(text, { id: asset.id })).errors).toBeUndefined();
  });

  it("subscribe to fields that events have", () => {
    const { text } = examples.find(({ name }) => name === "Watch") ?? { text: "" };
    expect(text).toContain("onAssetEvent(ownerId: $ownerId)");
  });
});
