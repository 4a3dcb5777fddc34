import { describe, expect, it } from "@jest/globals";
import type { AppSyncClient } from "@aws-sdk/client-appsync";
import { compareSchemas, isTakenHere, schemas } from "./schemas.ts";

interface Sent {
  readonly constructor: { readonly name: string };
  readonly input: { readonly definition?: Uint8Array; readonly apiId?: string };
}

/** AWS in place of the real one: it decides as the local AppSync does, except for one schema. */
function scripted(other: string, failure?: Error) {
  const names: string[] = [];
  let sdl = "";
  const send = ({ constructor: { name }, input }: Sent): Promise<object> => {
    names.push(name);
    if (name === "CreateGraphqlApiCommand") {
      return Promise.resolve({ graphqlApi: { apiId: "api1" } });
    }
    expect(input.apiId).toBe("api1");
    if (name === "StartSchemaCreationCommand") {
      if (failure) {
        return Promise.reject(failure);
      }
      sdl = Buffer.from(input.definition ?? []).toString();
    }
    const isTaken = isTakenHere(sdl) !== (sdl === other);
    return Promise.resolve({ status: isTaken ? "SUCCESS" : "FAILED", details: "Failed to parse" });
  };
  return { client: { send } as unknown as AppSyncClient, names };
}

const sdlOf = (name: string) => schemas.find(([one]) => one === name)?.[1] ?? "";

describe("the schemas that are compared with AWS", () => {
  it("are each there once", () => {
    expect(new Set(schemas.map(([name]) => name)).size).toBe(schemas.length);
    expect(new Set(schemas.map(([, sdl]) => sdl)).size).toBe(schemas.length);
  });

  it.each([
    ["Long", "Long\n    AWS:   FAILED: Failed to parse\n    local: taken"],
    ["no Query", undefined],
    ["#345: no Query", "#345: no Query\n    AWS:   taken\n    local: refused"],
  ])("are reported where AWS decides differently, and the API is deleted: %s", async (name, report) => {
    const { client, names } = scripted(sdlOf(name));
    const lines: string[] = [];
    expect(await compareSchemas(client, (line) => void lines.push(line))).toBe(report === undefined ? 0 : 1);
    expect(lines).toEqual(report === undefined ? [] : [report]);
    expect(names.at(-1)).toBe("DeleteGraphqlApiCommand");
    expect(names.filter((one) => one === "StartSchemaCreationCommand")).toHaveLength(schemas.length);
  });

  it("leave no API behind when AWS fails", async () => {
    const { client, names } = scripted("", new Error("no network"));
    await expect(compareSchemas(client, () => undefined)).rejects.toThrow("no network");
    expect(names.at(-1)).toBe("DeleteGraphqlApiCommand");
  });
});
