import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import type { Asset } from "../../domain/asset.ts";
import { editableFields, problemOfEdit } from "../../domain/edit.ts";
import { eventOf, snapshot } from "../../domain/event.ts";
import { problemOfAsset } from "../../domain/limits.ts";
import { fieldsOf, readTypes, typeName } from "../../tools/types/read.ts";
import { anAsset } from "../support/asset.ts";
import { root } from "../support/program.ts";
import { assetId, errorOf, run } from "../support/resolver.ts";

/** Each test names the file that a field of schema.graphql is missing in. */
const missingIn = (file: string, fields: readonly string[]) => ({ file, missing: fields });

const types = readTypes(readFileSync(join(root, "schema.graphql"), "utf8"));

const fieldsIn = (input: string) => {
  const fields = fieldsOf(types.get(input)).map(({ name, type }) => ({ name: name.value, type }));
  expect([input, fields]).not.toEqual([input, []]);
  return fields;
};

const namesOf = (input: string): string[] => fieldsIn(input).map(({ name }) => name);

const createInput: Readonly<Record<string, unknown>> = {
  contentType: "image/jpeg",
  contentLength: 1000,
  sha256: "a".repeat(64),
  callbackUrl: "https://example.com/",
};

/** An input with all fields; a text that is new to this test is its field's name. */
const wholeInput = (): Record<string, unknown> =>
  Object.fromEntries(namesOf("CreateAssetInput").map((name) => [name, createInput[name] ?? name]));

const reservedFrom = (input: Record<string, unknown>) => {
  const reserved = run("Mutation.createAsset", "request", { arguments: { input } });
  expect(errorOf(reserved)).toBeUndefined();
  return reserved.stash as { asset: Record<string, unknown>; fingerprint: string };
};

describe("a field of an asset", () => {
  it("is in every event", () => {
    const labels = [{ name: "Dog", confidence: 90, parents: [], source: "MODEL" }];
    const row = { ...Object.fromEntries(namesOf("AssetInput").map((name) => [name, name])), labels };
    expect(snapshot(row as unknown as Asset)).toEqual(row);
  });

  it("is stored by createAsset as it was given, the token apart", () => {
    const input = wholeInput();
    const { asset } = reservedFrom(input);
    const lost = Object.keys(input).filter((name) => name !== "clientToken" && asset[name] !== input[name]);
    expect(missingIn("resolvers/Mutation.createAsset.ts", lost)).toEqual(
      missingIn("resolvers/Mutation.createAsset.ts", []),
    );
    expect(asset).not.toHaveProperty("clientToken");
  });

  it("is part of what a clientToken stands for, the token apart", () => {
    const { clientToken, ...input } = wholeInput();
    const { fingerprint } = reservedFrom({ ...input, clientToken });
    const optional = fieldsIn("CreateAssetInput").filter(({ name }) => name in input && !(name in required));
    const ignored = optional.filter(
      ({ name }) => reservedFrom({ ...input, [name]: null }).fingerprint === fingerprint,
    );
    expect(ignored.map(({ name }) => name)).toEqual([]);
    expect(reservedFrom({ ...input, contentLength: 1 }).fingerprint).not.toBe(fingerprint);
    expect(reservedFrom({ ...input, contentType: "image/png" }).fingerprint).not.toBe(fingerprint);
    expect(reservedFrom({ ...input, clientToken: "other" }).fingerprint).toBe(fingerprint);
  });

  it("counts for a clientToken whatever the order in which a client names the fields", () => {
    const input = wholeInput();
    const reversed = Object.fromEntries(Object.entries(input).toReversed());
    expect(reservedFrom(reversed).fingerprint).toBe(reservedFrom(input).fingerprint);
  });

  it("is checked if it is a text", () => {
    const texts = (input: string) => fieldsIn(input).filter(({ type }) => typeName(type) === "String");
    const unchecked = texts("CreateAssetInput").filter(
      ({ name }) => problemOfAsset({ ...required, [name]: "a\u0000b" }) === undefined,
    );
    const edits = texts("UpdateAssetInput").filter(
      ({ name }) => problemOfEdit({ id: assetId, title: "a", [name]: "a\u0000b" }) === undefined,
    );
    const names = (fields: typeof edits) => fields.map(({ name }) => name);
    expect(missingIn("domain/limits.ts", names(unchecked))).toEqual(missingIn("domain/limits.ts", []));
    expect(missingIn("domain/edit.ts", names(edits))).toEqual(missingIn("domain/edit.ts", []));
  });

  it("makes an event when its owner changes it", () => {
    const changeable = namesOf("UpdateAssetInput").filter(
      (name) => !["id", "expectedVersion"].includes(name),
    );
    expect(editableFields()).toEqual(changeable);
    for (const name of changeable) {
      expect([name, eventOf(anAsset(), { ...anAsset(), [name]: "new" })]).toEqual([
        name,
        { type: "CREATED", edited: true },
      ]);
    }
  });
});

const required = { contentType: "image/jpeg", contentLength: 1000 };
