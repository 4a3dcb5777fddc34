import { describe, expect, it } from "@jest/globals";
import { Monitor } from "../../src/engine/monitor.ts";
import type { Registration } from "../../src/engine/protocol.ts";
import { decode, wireSecret } from "../../src/engine/values.ts";

function monitor(defaultTags: Record<string, string> = {}): Monitor {
  return new Monitor({
    project: "p",
    stack: "dev",
    region: "eu-west-1",
    defaultTags,
    preview: false,
    endpoints: undefined,
    stacks: {},
    log: () => undefined,
  });
}

function registration(type: string, name: string, fields: Partial<Registration> = {}): Registration {
  return {
    type,
    name,
    custom: true,
    remote: false,
    parent: "",
    provider: "",
    inputs: {},
    dependencies: [],
    secretOutputs: [],
    protect: false,
    retainOnDelete: false,
    ...fields,
  };
}

describe("the resource monitor", () => {
  it("hides the whole text of a policy document that contains a secret", () => {
    const engine = monitor();
    const inputs = { role: "r", policy: { Statement: [{ Resource: wireSecret("hidden") }] } };
    const { outputs } = engine.register(registration("aws:iam/rolePolicy:RolePolicy", "x", { inputs }));
    expect(decode(outputs)).toMatchObject({
      value: { policy: '{"Statement":[{"Resource":"hidden"}]}' },
      secrets: ["policy"],
    });
    expect(engine.resources[0]).toMatchObject({ secretInputs: ["policy"], secretOutputs: ["policy"] });
  });

  it("puts a resource in the region of its provider, or in its own", () => {
    const engine = monitor();
    const provider = registration("pulumi:providers:aws", "far", { inputs: { region: "us-east-1" } });
    const { urn, id } = engine.register(provider);
    const arn = (name: string, fields: Partial<Registration>) =>
      engine.register(registration("aws:sqs/queue:Queue", name, fields)).outputs["arn"];
    expect(arn("a", { provider: `${urn}::${id}` })).toMatch(/^arn:aws:sqs:us-east-1:/);
    expect(arn("b", { inputs: { region: "eu-north-1" } })).toMatch(/^arn:aws:sqs:eu-north-1:/);
    expect(arn("c", {})).toMatch(/^arn:aws:sqs:eu-west-1:/);
  });

  it("adds the default tags of its provider to resources that have tags; their own override them", () => {
    const engine = monitor({ project: "p", stage: "dev" });
    const inputs = { defaultTags: JSON.stringify({ tags: { team: "far" } }) };
    const { urn, id } = engine.register(registration("pulumi:providers:aws", "far", { inputs }));
    const tagsOf = (name: string, fields: Partial<Registration>) =>
      engine.register(registration("aws:sqs/queue:Queue", name, fields)).outputs["tagsAll"];
    expect(tagsOf("a", {})).toEqual({ project: "p", stage: "dev" });
    expect(tagsOf("b", { inputs: { tags: { stage: "mine" } } })).toEqual({ project: "p", stage: "mine" });
    expect(tagsOf("c", { provider: `${urn}::${id}` })).toEqual({ team: "far" });
    const policy = registration("aws:sqs/queuePolicy:QueuePolicy", "p", { inputs: { policy: "{}" } });
    expect(engine.register(policy).outputs).not.toHaveProperty("tagsAll");
  });

  it.each(["none", "[]", '{"tag":{}}', '{"tags":{"a":1}}', '{"tags":{},"more":1}'])(
    "refuses the default tags %s",
    (defaultTags) => {
      const provider = registration("pulumi:providers:aws", "far", { inputs: { defaultTags } });
      expect(() => monitor().register(provider)).toThrow(
        expect.objectContaining({
          code: "ConfigInvalid",
          message: `aws:defaultTags must be an object with "tags" of texts by name, not ${defaultTags}.`,
        }),
      );
    },
  );

  it("refuses components of provider plugins, and other providers", () => {
    const remote = registration("awsx:ec2:Vpc", "v", { custom: false, remote: true });
    expect(() => monitor().register(remote)).toThrow(
      /"v" of type awsx:ec2:Vpc is created by a provider plugin/,
    );
    expect(() => monitor().register(registration("pulumi:providers:gcp", "g"))).toThrow(
      /pulumi:providers:gcp/,
    );
  });
});
