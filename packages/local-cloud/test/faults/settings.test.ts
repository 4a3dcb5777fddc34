import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { createFaults } from "../../src/faults/index.ts";
import { parseFaults } from "../../src/faults/settings.ts";
import { root } from "../../../../test/support/program.ts";
import { silentLog } from "../aws/graph.ts";

describe("settings of faults", () => {
  it("are accepted", () => {
    const all = {
      seed: 7,
      actions: [{ action: "dynamodb:*", code: "ThrottlingException", rate: 0.5, times: 2, status: 400 }],
      events: { repeat: 0, delay: { rate: 1, milliseconds: 5 }, reorder: 0.1 },
      kill: { rate: 0.1, functions: ["*-relay"], calls: 3 },
      sockets: { rate: 0.2 },
      subscriptions: { rate: 0.1, milliseconds: 500 },
    };
    expect(parseFaults(JSON.stringify(all))).toEqual(all);
    expect(parseFaults("{}")).toEqual({});
    const docs = readFileSync(join(root, "docs/local-cloud.md"), "utf8");
    const [, example = ""] = /## Injecting faults.*?```json\n(.*?)```/s.exec(docs) ?? [];
    expect(parseFaults(example)).toHaveProperty("seed");
  });

  it.each([
    ["{", /^faults: not JSON/],
    ["[]", "faults must be an object, not []"],
    [
      '{ "event": {} }',
      "faults.event is not a setting; the settings are seed, actions, events, kill, sockets, subscriptions",
    ],
    ['{ "__proto__": {} }', /^faults.__proto__ is not a setting/],
    ['{ "seed": 1.5 }', "faults.seed must be a whole number, not 1.5"],
    ['{ "kill": { "rate": 1.5 } }', "faults.kill.rate must be a number from 0 to 1, not 1.5"],
    ['{ "sockets": { "rate": "1" } }', 'faults.sockets.rate must be a number from 0 to 1, not "1"'],
    ['{ "sockets": {} }', "faults.sockets.rate is missing"],
    ['{ "subscriptions": { "rate": 1 } }', "faults.subscriptions.milliseconds is missing"],
    [
      '{ "subscriptions": { "rate": 1, "milliseconds": 0 } }',
      "faults.subscriptions.milliseconds must be a whole number from 1, not 0",
    ],
    ['{ "events": { "delay": { "rate": 1 } } }', "faults.events.delay.milliseconds is missing"],
    ['{ "actions": [{ "code": "X" }] }', "faults.actions[0].action is missing"],
    ['{ "actions": [{ "action": "s3:*" }] }', /^faults.actions\[0\].code is missing/],
    [
      '{ "actions": [{ "action": "dynamo:PutItem", "code": "X" }] }',
      /must be an action, .* not "dynamo:PutItem"/,
    ],
    ['{ "actions": [{ "action": "s3:*", "code": "X", "times": 0 }] }', /times must be a whole number from 1/],
    ['{ "actions": [{ "action": "s3:*", "code": "X", "status": 200 }] }', /status must be an HTTP status/],
    ['{ "actions": [{ "action": "s3:*", "code": "X", "after": 1 }] }', /after must be true or false/],
  ])("are refused: %s", (text, message) => {
    expect(() => parseFaults(text)).toThrow(TypeError);
    expect(() => parseFaults(text)).toThrow(message);
  });

  it("must name functions of the program", () => {
    const kill = { rate: 1, functions: ["app-ingest", "*-relais"] };
    expect(() => createFaults({ kill }, ["app-ingest", "app-relay"], silentLog)).toThrow(
      "faults.kill.functions[1]: *-relais matches none of app-ingest, app-relay",
    );
  });
});
