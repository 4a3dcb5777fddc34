import { describe, expect, it } from "@jest/globals";
import { createLambda } from "../../../src/aws/lambda/index.ts";
import { signPost } from "../../../../../test/support/sign.ts";
import { openFrontDoor } from "../front-door.ts";
import { allow, graphOf, region, role, silentLog, temporaryStorage } from "../graph.ts";
import { functionArn, lambdaFunction } from "./support.ts";

const code =
  "export const handler = async (event, context) => { console.log('called'); if (event.fail) throw new Error('no'); return { event, custom: context.clientContext }; };";

async function open() {
  const graph = graphOf(
    ...role("fn-role"),
    ...role("may", allow("lambda:InvokeFunction", functionArn("fn"))),
    ...role("maynot"),
    lambdaFunction("fn", code),
  );
  const storage = temporaryStorage();
  const stops: (() => Promise<void>)[] = [];
  const door = await openFrontDoor(graph, (iam) => {
    const sqs = { execute: () => Promise.reject(new Error("no queue")) };
    const options = { graph, iam, sqs, storage, program: storage.folder, clock: Date.now, log: silentLog };
    const lambda = createLambda({ ...options, environment: () => ({}) });
    stops.push(() => lambda.stop());
    return [lambda];
  });
  return {
    stop: () => Promise.all(stops.map((stop) => stop())),
    post: async (
      as: string,
      name: string,
      body: string,
      headers: Record<string, string> = {},
      query = {},
    ) => {
      const { endpoint, credentials } = door.client(as);
      const url = new URL(`/2015-03-31/functions/${encodeURIComponent(name)}/invocations`, endpoint);
      const signed = await signPost({ service: "lambda", region, credentials, url, query, headers, body });
      url.search = new URLSearchParams(query).toString();
      return fetch(url, { method: "POST", headers: signed, body });
    },
  };
}

describe("Invoke over HTTP", () => {
  it("answers with the payload, for a name, a partial ARN and an ARN", async () => {
    const { post, stop } = await open();
    for (const name of ["fn", "000000000000:function:fn", functionArn("fn"), "fn:$LATEST"]) {
      const response = await post("may", name, '{"a":1}');
      expect(response.status).toBe(200);
      expect(response.headers.get("x-amz-executed-version")).toBe("$LATEST");
      expect(await response.json()).toEqual({ event: { a: 1 } });
    }
    await stop();
  });

  it("marks a function's error in a header, with status 200, and sends the tail of its log", async () => {
    const { post, stop } = await open();
    const response = await post("may", "fn", '{"fail":true}', { "x-amz-log-type": "Tail" });
    expect(response.status).toBe(200);
    expect(response.headers.get("x-amz-function-error")).toBe("Unhandled");
    expect(await response.json()).toMatchObject({ errorType: "Error", errorMessage: "no" });
    const tail = Buffer.from(response.headers.get("x-amz-log-result") ?? "", "base64").toString();
    expect(tail).toMatch(
      /^START RequestId: .* Version: \$LATEST\n.*\tINFO\tcalled\n.*\tERROR\tInvoke Error \t.*\nEND RequestId: .*\nREPORT RequestId: /,
    );
    await stop();
  });

  it("passes the client context", async () => {
    const { post, stop } = await open();
    const context = Buffer.from('{"custom":{"k":"v"}}').toString("base64");
    const response = await post("may", "fn", "", { "x-amz-client-context": context });
    expect(await response.json()).toEqual({ event: {}, custom: { custom: { k: "v" } } });
    await stop();
  });

  it("takes a client context of 3,583 bytes in Base64, and of JSON only", async () => {
    const { post, stop } = await open();
    const answer = async (context: string) => {
      const response = await post("may", "fn", "", { "x-amz-client-context": context });
      await response.arrayBuffer();
      return [response.status, response.headers.get("x-amzn-errortype")];
    };
    // 2,687 bytes become 3,584 characters, 3,583 without their padding.
    const text = Buffer.from(`{"a":"${"x".repeat(2_679)}"}`).toString("base64");
    expect(text).toHaveLength(3_584);
    expect(await answer(text)).toEqual([400, "InvalidParameterValueException"]);
    expect(await answer(text.replace("=", ""))).toEqual([200, null]);
    expect(await answer("e30x")).toEqual([400, "InvalidRequestContentException"]);
    await stop();
  });

  it("accepts an event with 202, and a dry run with 204", async () => {
    const { post, stop } = await open();
    expect((await post("may", "fn", "{}", { "x-amz-invocation-type": "Event" })).status).toBe(202);
    expect((await post("may", "fn", "{}", { "x-amz-invocation-type": "DryRun" })).status).toBe(204);
    await stop();
  });

  it("refuses as AWS does", async () => {
    const { post, stop } = await open();
    const refused = async (answer: Promise<Response>) => {
      const response = await answer;
      await response.arrayBuffer();
      return [response.status, response.headers.get("x-amzn-errortype")];
    };
    expect(await refused(post("maynot", "fn", "{}"))).toEqual([403, "AccessDeniedException"]);
    expect(await refused(post("maynot", "fn", "{}", { "x-amz-invocation-type": "DryRun" }))).toEqual([
      403,
      "AccessDeniedException",
    ]);
    expect(await refused(post("may", "gone", "{}"))).toEqual([404, "ResourceNotFoundException"]);
    expect(await refused(post("may", "fn", "{}", {}, { Qualifier: "live" }))).toEqual([
      404,
      "ResourceNotFoundException",
    ]);
    expect(await refused(post("may", "fn", "not json"))).toEqual([400, "InvalidRequestContentException"]);
    expect(await refused(post("may", "fn", "{}", { "x-amz-invocation-type": "Later" }))).toEqual([
      400,
      "ValidationException",
    ]);
    expect(await refused(post("may", "fn", "{}", { "x-amz-log-type": "All" }))).toEqual([
      400,
      "ValidationException",
    ]);
    for (const Qualifier of ["", "a b", "v".repeat(129)]) {
      expect(await refused(post("may", "fn", "{}", {}, { Qualifier }))).toEqual([400, "ValidationException"]);
    }
    expect(await refused(post("may", "fn", `"${"x".repeat(6_291_456)}"`))).toEqual([
      413,
      "RequestEntityTooLargeException",
    ]);
    const large = `"${"x".repeat(1_048_576)}"`;
    expect(await refused(post("may", "fn", large, { "x-amz-invocation-type": "Event" }))).toEqual([
      413,
      "RequestEntityTooLargeException",
    ]);
    await stop();
  });
});
