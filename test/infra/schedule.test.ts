import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { evaluate, type Evaluation } from "../../packages/local-cloud/src/engine/evaluate.ts";
import { ofType } from "../../packages/local-cloud/src/base/graph.ts";
import { openScheduler } from "../../packages/local-cloud/test/aws/scheduler/support.ts";

const root = join(import.meta.dirname, "../../packages/local-cloud/test/engine/fixtures/schedules");

it("a Schedule has a role with only the permission that it needs, and reaches its target with it", async () => {
  const graph = await evaluate({ root, stack: "dev" });
  const { start, time, received, functionLog } = openScheduler(graph);
  const [sweep] = ofType(graph, "aws:lambda/function:Function");
  const queueArn = (name: string) =>
    ofType(graph, "aws:sqs/queue:Queue").find((queue) => queue.name === name)?.outputs.arn;

  expect(statementsOf(graph, "sweeping")).toEqual([
    { Sid: "CallFunction", Effect: "Allow", Action: ["lambda:InvokeFunction"], Resource: sweep?.outputs.arn },
    { Sid: "KeepWhatFailed", Effect: "Allow", Action: ["sqs:SendMessage"], Resource: queueArn("dead") },
  ]);
  expect(statementsOf(graph, "reminding")).toEqual([
    { Sid: "SendToQueue", Effect: "Allow", Action: ["sqs:SendMessage"], Resource: queueArn("jobs") },
  ]);
  expect(
    ofType(graph, "aws:scheduler/schedule:Schedule")
      .map(({ id }) => id)
      .sort(),
  ).toEqual(["default/schedules-dev-reminding", "default/schedules-dev-sweeping"]);

  start();
  await time.pass(0);
  await functionLog.until(({ message }) => message === "swept the floor");
  const [reminder] = await received(queueArn("jobs")?.split(":").at(-1) ?? "");
  expect(JSON.parse(reminder?.Body ?? "")).toMatchObject({ source: "aws.scheduler" });
});

function statementsOf(graph: Evaluation, role: string): unknown {
  const policy = ofType(graph, "aws:iam/rolePolicy:RolePolicy").find(({ name }) => name === role);
  return (JSON.parse(policy?.inputs.policy ?? "{}") as { Statement?: unknown }).Statement;
}
