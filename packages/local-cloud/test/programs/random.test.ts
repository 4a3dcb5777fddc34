import { expect, it } from "@jest/globals";
import { usePrograms } from "./support.ts";

const { boot } = usePrograms();

it("a program's random names and passwords are the same at each start, and the resources have them", async () => {
  const first = await boot("random");
  const { outputs } = first.ready;
  expect(outputs).toEqual({
    queueUrl: expect.stringMatching(/\/[a-z]+-[a-z]+$/),
    bucketName: expect.stringMatching(/^files-[0-9a-f]{8}$/),
    secret: expect.stringMatching(/^(?=(?:.*\d){2})[A-Za-z0-9_-]{20}$/),
    zone: "us-east-1a",
  });
  expect(first.ready.buckets).toEqual([outputs["bucketName"]]);
  expect(Object.values(first.ready.queues)).toEqual([outputs["queueUrl"]]);
  expect(first.complaints).toEqual([]);
  const second = await boot("random");
  const withoutPort = (value: unknown) => String(value).replace(/:\d+/, "");
  for (const [name, value] of Object.entries(outputs)) {
    expect(withoutPort(second.ready.outputs[name])).toBe(withoutPort(value));
  }
});
