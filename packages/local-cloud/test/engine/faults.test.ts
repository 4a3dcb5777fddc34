import { spawn } from "node:child_process";
import { once as event } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { evaluate, type Evaluation, type EvaluationError, Evaluator } from "../../src/engine/evaluate.ts";

const root = join(import.meta.dirname, "fixtures/faults");

const once = (stack: string) => evaluate({ root, stack });

async function again(stack: string): Promise<Evaluation> {
  const evaluator = new Evaluator({ root, stack });
  try {
    return await evaluator.evaluate();
  } finally {
    evaluator.close();
  }
}

describe.each([
  ["run once", once],
  ["run again", again],
])("a faulty program, %s", (_, evaluation) => {
  const faultOf = (stack: string): Promise<EvaluationError> =>
    evaluation(stack).then(
      () => Promise.reject(new Error(`${stack} was evaluated`)),
      (error: unknown) => error as EvaluationError,
    );

  it.each([
    [
      "unknownType",
      "UnknownResourceType",
      /"network" of type aws:ec2\/vpc:Vpc.*docs\/support\.md lists the known types/,
    ],
    ["unknownInvoke", "UnknownInvoke", /aws:ssm\/getParameter:getParameter.*provider\/invoke\.ts/],
    ["lookup", "Unsupported", /"found" of type aws:s3\/bucket:Bucket is looked up/],
    ["duplicate", "DuplicateUrn", /urn:pulumi:duplicate::faults::aws:sqs\/queue:Queue::jobs/],
    ["transforms", "Unsupported", /^Transforms .* do not run locally: use transformations/],
    ["stackTransforms", "Unsupported", /^Transforms .* do not run locally: use transformations/],
    ["textual", "OutputAsText", /"copy" of type aws:sqs\/queue:Queue: "tags\.of"/],
    ["json", "OutputAsText", /"copy" of type aws:sqs\/queue:Queue: "redrivePolicy"/],
    ["badName", "NameInvalid", /"my-source_[0-9a-f]{7}" does not match/],
    ["missing", "ProgramFailed", /^Missing required configuration variable 'faults:colour'/],
    ["throws", "ProgramFailed", /^TypeError: the shelf is full$/],
    ["later", "ProgramFailed", /^Error: not today$/],
    ["serializes", "ProgramFailed", /index\.ts\(28,44\).*native code/s],
    ["crash", "ProgramFailed", /^The program ended with SIGKILL\.\nout of luck$/],
    // Whether the SDK gets to notice, and makes it a 1, is chance, or has no part in it.
    ["exits", "ProgramFailed", /^The program ended (with [01]|before its end)\./],
    ["incomplete", "ConfigMissing", /Pulumi\.yaml requires faults:fault, but Pulumi\.incomplete\.yaml/],
    ["absent", "ConfigMissing", /There is no Pulumi\.absent\.yaml/],
  ])("is reported: %s", async (stack, code, message) => {
    const fault = await faultOf(stack);
    expect(fault).toMatchObject({ name: "EvaluationError", code });
    expect(fault.message).toMatch(message);
  });
});

it("receives the program's output and warnings", async () => {
  const received: string[] = [];
  const note = (message: string) => void received.push(message);
  await evaluate({ root, stack: "logs", log: { debug: note, info: note, warn: note, error: note } });
  expect(received.toSorted()).toEqual(["a warning", "printed"]);
});

describe("a program that never ends", () => {
  let server: Server;
  let port: string;
  beforeAll(async () => {
    server = createServer().listen(0, "127.0.0.1");
    await event(server, "listening");
    port = String((server.address() as AddressInfo).port);
  });
  afterAll(() => void server.close());

  /** The program's own connection: it closes when the program is gone. */
  async function programRuns(): Promise<{ readonly gone: Promise<unknown> }> {
    const [socket] = (await event(server, "connection")) as [Socket];
    socket.on("error", () => undefined).resume();
    await event(socket, "data");
    return { gone: event(socket, "close") };
  }

  it("is ended when the evaluation is aborted", async () => {
    process.env["ENGINE_TEST_PORT"] = port;
    const abort = new AbortController();
    const evaluation = evaluate({ root, stack: "hangs", signal: abort.signal });
    const program = await programRuns();
    abort.abort(new Error("enough"));
    await expect(evaluation).rejects.toThrow("enough");
    await program.gone;
  });

  it("ends with an engine that is killed", async () => {
    const engine = join(import.meta.dirname, "../../src/engine/evaluate.ts");
    const script = `const { evaluate } = await import(${JSON.stringify(engine)});
      await evaluate({ root: ${JSON.stringify(root)}, stack: "hangs" });`;
    const parent = spawn(process.execPath, ["--input-type=module", "--eval", script], {
      env: { ...process.env, ENGINE_TEST_PORT: port },
      stdio: "ignore",
    });
    const program = await programRuns();
    parent.kill("SIGKILL");
    await program.gone;
  });
});

it("does not start when already aborted", async () => {
  const signal = AbortSignal.abort(new Error("too late"));
  await expect(evaluate({ root, stack: "logs", signal })).rejects.toThrow("too late");
});
