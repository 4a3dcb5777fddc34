import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { resolverNames } from "../../infra/bundle.ts";
import { evaluateCode } from "../../packages/local-cloud/src/appsync/runtime/evaluate-code.ts";
import type { Handler } from "../../packages/local-cloud/src/appsync/model/handlers.ts";
import type { CodeProblem } from "../../packages/local-cloud/src/appsync/runtime/code-error.ts";
import { TypeCheck } from "../../packages/local-cloud/src/appsync/save-check/types.ts";
import { allCases, type Case } from "./cases.ts";
import { comparable } from "./compare.ts";
import { resolverContexts } from "./resolver-contexts.ts";

let cases: readonly Case[] = [];
let problems: ReadonlyMap<string, readonly CodeProblem[]> = new Map();
beforeAll(async () => {
  cases = await allCases();
  const found = new TypeCheck().check(cases);
  problems = new Map(cases.map(({ code }, index) => [code, found[index] ?? []]));
});

const evaluate = (code: string, handler: Handler, context: Case["context"]) =>
  evaluateCode(code, handler, context, () => problems.get(code) ?? []);

const first = new Map<string, ReturnType<typeof evaluate>>();

/** The answer of a first run, which all tests share. */
function answerOf(code: string, handler: Handler, context: Case["context"]): ReturnType<typeof evaluate> {
  const key = JSON.stringify([code, handler, context]);
  const answer = first.get(key) ?? evaluate(code, handler, context);
  first.set(key, answer);
  return answer;
}

describe("the cases that are compared with AWS", () => {
  it("answer here as recorded", () => {
    const names = cases.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
    for (const one of cases) {
      expect(comparable(one, answerOf(one.code, one.function, one.context))).toMatchSnapshot(one.name);
    }
  });

  it("answer the same a second time: all values that differ by run are masked", () => {
    const answers = (run: typeof evaluate) =>
      cases.map((one) => comparable(one, run(one.code, one.function, one.context)));
    expect(answers(evaluate)).toEqual(answers(answerOf));
  });

  it("have both handlers of each resolver and pipeline function", () => {
    for (const name of resolverNames()) {
      expect([name, new Set(resolverContexts[name]?.map(([handler]) => handler))]).toEqual([
        name,
        new Set(["request", "response"]),
      ]);
    }
    expect(Object.keys(resolverContexts).toSorted()).toEqual(resolverNames().toSorted());
  });
});

describe("npm run test:aws", () => {
  it("says without credentials why it did not run, how to run it, and how many cases there are", async () => {
    const { stdout } = await run({});
    expect(stdout).toContain("Not run: AWS_REGION and AWS credentials not set.");
    expect(stdout).toContain(`${cases.length} cases wait`);
  });

  it("calls EvaluateCode and prints what it answers differently", async () => {
    const asked: Asked[] = [];
    const server = createServer((request, response) => {
      void readText(request).then((text) => {
        const one = JSON.parse(text) as Asked;
        asked.push(one);
        const answer = answerOf(one.code, one.function, JSON.parse(one.context) as Case["context"]);
        const other = one.code.includes("util.math.roundNum(-1.5)") && { evaluationResult: "[-2,3,1.2,3]" };
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify({ ...answer, ...other }));
      });
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const { stdout, code } = await run({
        ...{ AWS_REGION: "eu-west-1", AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "secret" },
        AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      });
      expect(asked).toHaveLength(cases.length);
      expect(asked[0]).toMatchObject({ runtime: { name: "APPSYNC_JS", runtimeVersion: "1.0.0" } });
      expect(stdout).toContain("  result\n    AWS:   [-2,3,1.2,3]\n    local: [-1,3,1.2,3]");
      expect(stdout).toContain(`${cases.length} cases, 1 that AWS answers otherwise.`);
      expect(code).toBe(1);
    } finally {
      server.close();
    }
  });
});

interface Asked {
  readonly code: string;
  readonly function: Handler;
  readonly context: string;
}

async function readText(stream: AsyncIterable<unknown>): Promise<string> {
  let text = "";
  for await (const chunk of stream) {
    text += String(chunk);
  }
  return text;
}

async function run(env: Readonly<Record<string, string>>): Promise<{ stdout: string; code: number }> {
  const main = join(import.meta.dirname, "main.ts");
  const { PATH = "" } = process.env;
  const options = { env: { PATH, ...env } };
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, main], options);
    return { stdout, code: 0 };
  } catch (error) {
    const { stdout, code } = error as { stdout?: string; code?: number };
    if (stdout === undefined || code === undefined) {
      throw error;
    }
    return { stdout, code };
  }
}
