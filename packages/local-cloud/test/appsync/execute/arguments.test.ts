import { describe, expect, it } from "@jest/globals";
import { apiGraph, echo, serve } from "../../../../../test/support/appsync.ts";

const schema = `
  input In { a: String, b: String = "b", in: In, list: [In!] }
  type Query { f(limit: Int = 20, order: String, input: In, must: Int! = 7): AWSJSON }`;

async function sent(query: string, variables?: object): Promise<unknown> {
  const api = await serve(apiGraph({ schema, resolvers: { "Query.f": echo() } }));
  const { data } = await api.query(query, variables);
  return JSON.parse((data as { f: string }).f);
}

describe("ctx.args", () => {
  it("has no defaults of the schema", async () => {
    expect(await sent("{ f }")).toEqual({ must: 7 });
    expect(await sent("{ f(limit: 20) }")).toEqual({ limit: 20, must: 7 });
    expect(await sent("{ f(limit: null) }")).toEqual({ limit: null, must: 7 });
  });

  it("has null for a variable that the request omits", async () => {
    const query = "query ($limit: Int, $order: String) { f(limit: $limit, order: $order) }";
    expect(await sent(query)).toEqual({ limit: null, order: null, must: 7 });
    expect(await sent(query, { order: "x" })).toEqual({ limit: null, order: "x", must: 7 });
    expect(await sent(query, { limit: 5, order: null })).toEqual({ limit: 5, order: null, must: 7 });
  });

  it("has the operation's own default of a variable", async () => {
    expect(await sent("query ($limit: Int = 3) { f(limit: $limit) }")).toEqual({ limit: 3, must: 7 });
  });

  it("has null for an omitted variable inside an input object, at any depth", async () => {
    const query = `query ($a: String, $x: String) {
      f(input: { a: $a, in: { a: $x, b: "y" }, list: [{ a: $a }, { a: $x }] })
    }`;
    expect(await sent(query, { x: "x" })).toMatchObject({
      input: { a: null, in: { a: "x", b: "y" }, list: [{ a: null }, { a: "x" }] },
    });
  });

  it("has only the given fields of an input object that is a variable", async () => {
    const query = "query ($input: In) { f(input: $input) }";
    expect(await sent(query, { input: { a: "x" } })).toEqual({ input: { a: "x", b: "b" }, must: 7 });
  });
});
