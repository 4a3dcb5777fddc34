import { expect, it } from "@jest/globals";
import type { Report } from "./scenario.ts";

/** How a client reports a refusal by HTTP, and one by the socket. */
export interface Refusals {
  readonly http: (message: string, status: number) => object;
  readonly socket?: { readonly connect?: object; readonly start: object };
}

export const answered = (message: string, status: number) => ({
  errorType: "UnauthorizedException",
  message,
  status,
});

export const notAuthorized = {
  errorType: "Unauthorized",
  message: "Not Authorized to access onAssetEvent on type Subscription",
};

/** AppSync's links and Amplify are of one descent. */
const socket = {
  connect: { message: "Connection failed: UnauthorizedException" },
  start: { message: `Connection failed: ${JSON.stringify({ errors: [notAuthorized] })}` },
};

export const apollo: Refusals = { http: answered, socket };

/** Takes the type from the header, where it can read it, and has a message of its own. */
export const amplify: Refusals = { http: (_, status) => answered("Unauthorized", status), socket };

/** What every client does, read from the report of the scenario. */
export function behaves({ http, socket }: Refusals, reported: () => Report): void {
  it("mutates and queries as a user", () => {
    const { created, got } = reported().person;
    expect(created).toEqual({ id: expect.stringMatching(/^[0-9A-Z]{26}$/) as unknown, state: "CREATED" });
    expect(got).toMatchObject({ getAsset: created });
  });

  it("reports the type of a GraphQL error", () => {
    const { missing } = reported().person;
    expect(missing).toMatchObject({ errorType: "NotFound", message: "Asset not found" });
  });

  it("reports a bad token", () => {
    const { asked } = reported().outsider;
    expect(asked).toMatchObject(http("Unable to parse JWT token.", 401));
  });

  it("mutates as a role that has the permission", () => {
    const { published } = reported().role;
    expect(published).toMatchObject({
      publishAssetEvent: { seq: 1, type: "CREATED", asset: { id: "asset" } },
    });
  });

  it("is refused as a role without the permission, and at fields for users", () => {
    const { denied, asked } = reported().role;
    expect(denied).toMatchObject(http("Permission denied", 403));
    expect(asked).toMatchObject({
      errorType: "Unauthorized",
      message: "Not Authorized to access me on type Query",
    });
  });

  if (socket) {
    refusesRoles(socket.start, reported);
  }
  if (socket?.connect) {
    follows(socket.connect, reported);
  }
}

function refusesRoles(start: object, reported: () => Report): void {
  it("connects as a role, and is refused a subscription for users", () => {
    const { followed } = reported().role;
    expect(followed).toMatchObject({ error: start, frames: ["connection_ack", "error"] });
  });
}

function follows(connect: object, reported: () => Report): void {
  it("follows a user's assets until it unsubscribes, with two subscriptions on one socket", () => {
    const { followed } = reported().person;
    const [one, two] = (followed?.assets ?? []).map((assetId) => ({ type: "CREATED", assetId }));
    expect(followed).toMatchObject({ first: [one], second: [one, two], sent: [2, 1], sockets: 1 });
  });

  it("cannot connect with a bad token", () => {
    const { followed } = reported().outsider;
    expect(followed).toMatchObject({ error: connect, frames: ["connection_error"] });
  });
}
