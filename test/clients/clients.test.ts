import { beforeAll, describe, expect, it } from "@jest/globals";
import { useCloud } from "../support/cloud.ts";
import { runScript } from "./child.ts";
import type { Report } from "./scenario.ts";

const use = useCloud();

/** How a client tells of a refusal by HTTP, and of one by the socket. */
interface Told {
  readonly http: (message: string, status: number) => object;
  readonly socket?: { readonly connect?: object; readonly start: object };
}

const answer = (message: string, status: number) => ({ errorType: "UnauthorizedException", message, status });
const notAuthorized = {
  errorType: "Unauthorized",
  message: "Not Authorized to access onAssetEvent on type Subscription",
};
const failed = {
  connect: { message: "Connection failed: UnauthorizedException" },
  start: { message: `Connection failed: ${JSON.stringify({ errors: [notAuthorized] })}` },
};

const clients: readonly [name: string, module: string, told: Told][] = [
  // Amplify takes the type from the header, and has a message of its own.
  ["aws-amplify 6", "./amplify.ts", { http: (_, status) => answer("Unauthorized", status), socket: failed }],
  ["Apollo Client 4", "./apollo-4.ts", { http: answer, socket: failed }],
  ["Apollo Client 3", "./apollo-3/client.ts", { http: answer, socket: failed }],
  ["graphql-request 7", "./graphql-request.ts", { http: answer }],
  ["urql 6", "./urql.ts", { http: answer }],
  [
    "fetch, signed by @smithy/signature-v4",
    "./signed.ts",
    { http: answer, socket: { start: notAuthorized } },
  ],
];

const reports = new Map<string, Promise<Report>>();
beforeAll(() => {
  for (const [, module] of clients) {
    const report = runScript<Report>(use().cloud.ready, "run.ts", module);
    // Each test tells of it.
    report.catch(() => undefined);
    reports.set(module, report);
  }
});

describe.each(clients)("%s", (_, module, { http, socket }) => {
  const reported = async () => {
    const report = await reports.get(module);
    if (!report) throw new Error(`${module} was not run`);
    return report;
  };

  it("mutates and queries as a person", async () => {
    const { created, got } = (await reported()).person;
    expect(created).toEqual({ id: expect.stringMatching(/^[0-9A-Z]{26}$/) as unknown, state: "CREATED" });
    expect(got).toMatchObject({ getAsset: created });
  });

  it("tells a GraphQL error by its type", async () => {
    const { missing } = (await reported()).person;
    expect(missing).toMatchObject({ errorType: "NotFound", message: "Asset not found" });
  });

  it("tells a bad token", async () => {
    const { asked } = (await reported()).stranger;
    expect(asked).toMatchObject(http("Unable to parse JWT token.", 401));
  });

  it("mutates as the role that may", async () => {
    const { published } = (await reported()).role;
    expect(published).toMatchObject({
      publishAssetEvent: { seq: 1, type: "CREATED", asset: { id: "asset" } },
    });
  });

  it("is refused as a role that may not, and at fields that are for people", async () => {
    const { denied, asked } = (await reported()).role;
    expect(denied).toMatchObject(http("Permission denied", 403));
    expect(asked).toMatchObject({
      errorType: "Unauthorized",
      message: "Not Authorized to access me on type Query",
    });
  });

  if (!socket) return;

  if (socket.connect) {
    it("follows a person's assets until it unsubscribes, both subscriptions on one socket", async () => {
      const { followed } = (await reported()).person;
      const [one, two] = (followed?.assets ?? []).map((assetId) => ({ type: "CREATED", assetId }));
      expect(followed).toMatchObject({ first: [one], second: [one, two], sockets: 1 });
    });

    it("cannot connect with a bad token", async () => {
      const { followed } = (await reported()).stranger;
      expect(followed).toMatchObject({ error: socket.connect, frames: ["connection_error"] });
    });
  }

  it("connects as a role, and is refused a subscription that is for people", async () => {
    const { followed } = (await reported()).role;
    expect(followed).toMatchObject({ error: socket.start, frames: ["connection_ack", "error"] });
  });
});
