import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createS3 } from "../../../src/aws/s3/index.ts";
import type { Iam } from "../../../src/aws/iam/index.ts";
import type { Call } from "../../../src/base/service.ts";
import type { Graph } from "../../../src/base/graph.ts";

/** What it says once the object is stored. */
export type Report = "stored";

/**
 * Runs in a process of its own: stores one object while its queue never answers, says so, and waits to be killed.
 * Plain node, without jest: hence the graph by hand.
 */
const arn = "arn:aws:s3:::pictures";
const resource = (type: string, inputs: object) => ({
  type,
  name: "pictures",
  id: "pictures",
  inputs,
  outputs: { arn },
});
const queues = [{ queueArn: "arn:aws:sqs:eu-west-1:000000000000:events", events: ["s3:ObjectCreated:*"] }];
const graph = {
  resources: [
    resource("aws:s3/bucket:Bucket", {}),
    resource("aws:s3/bucketNotification:BucketNotification", { bucket: "pictures", queues }),
  ],
} as unknown as Graph;
const ignore = () => undefined;
const s3 = createS3({
  graph,
  region: "eu-central-1",
  iam: { authorize: ignore } as unknown as Iam,
  storage: { folder: process.argv[2] ?? "", memory: false },
  clock: Date.now,
  log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  notify: () => new Promise(ignore),
});
s3.start();
const server = createServer((request, response) => {
  const call: Call = {
    principal: { kind: "role", roleArn: "arn:aws:iam::000000000000:role/a", sessionArn: "a/b" },
    service: "s3",
    region: "eu-west-1",
    url: new URL(request.url ?? "", "http://localhost"),
    request,
    response,
    presigned: false,
    signedAt: new Date(),
    payloadHash: "UNSIGNED-PAYLOAD",
    body: () => Promise.reject(new Error("streamed")),
  };
  void s3.handle(call);
});
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  void fetch(`http://127.0.0.1:${port}/pictures/survivor`, { method: "PUT", body: "bytes" }).then(() =>
    process.send?.("stored" satisfies Report),
  );
});
