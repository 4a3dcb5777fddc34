import { createHash, createHmac, randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "@jest/globals";
import { createMeter, quantityOf } from "../../../src/meter/index.ts";
import { type Cognito, createCognito } from "../../../src/aws/cognito/index.ts";
import { type Mail, readMail } from "../../../src/aws/cognito/mailbox.ts";
import { prime } from "../../../src/aws/cognito/srp.ts";
import type { Firewall } from "../../../src/aws/waf/firewall.ts";
import type { Access } from "../../../src/aws/iam/index.ts";
import {
  type AnonymousCall,
  AwsError,
  type Call,
  type Invoker,
  type Principal,
} from "../../../src/base/service.ts";
import type { Graph, Resource } from "../../../src/base/graph.ts";
import { refuseInputs } from "../../../src/inputs/index.ts";

export const poolId = "eu-west-1_TestPool1";
export const poolArn = `arn:aws:cognito-idp:eu-west-1:000000000000:userpool/${poolId}`;
export const password = "Passw0rd!x";

export interface Options {
  readonly pool?: Readonly<Record<string, unknown>>;
  /** By client id. */
  readonly clients?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly folder?: string;
  readonly firewall?: Firewall;
  /** Stands for the functions of the pool. */
  readonly invoke?: Invoker["invoke"];
}

/** A pool behind a bare HTTP server; what the front door would check is left out. */
export interface Bench {
  readonly cognito: Cognito;
  readonly url: string;
  readonly folder: string;
  /** What was posted so far. */
  readonly mail: () => Mail[];
  readonly asked: Access[];
  time: number;
  deny: boolean;
  /** Calls without a signature. Rejects with `AwsError`. */
  call(operation: string, input: object, headers?: Record<string, string>): Promise<Record<string, unknown>>;
  /** Calls as a role. */
  /** Users on the bill. */
  active(): number;
  admin(operation: string, input: object): Promise<Record<string, unknown>>;
  stop(keep?: "keep"): Promise<void>;
}

/** As AWS makes them: letters and digits, 24 or more. */
export const secretOf = (client: string): string => `${client}Secret0123456789abcdef`;

const role: Principal = { kind: "role", roleArn: "arn:aws:iam::000000000000:role/admin", sessionArn: "" };

/** For the test file or group that calls it: starts benches, and stops them after each test. */
export function useBenches(): (options?: Options) => Promise<Bench> {
  const benches: Bench[] = [];
  afterEach(() => Promise.all(benches.splice(0).map((bench) => bench.stop())));
  return async (options) => {
    const bench = await startBench(options);
    benches.push(bench);
    return bench;
  };
}

export async function startBench(options: Options = {}): Promise<Bench> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), "cognito-")));
  const state = {
    time: Date.now(),
    deny: false,
    asked: [] as Access[],
  };
  const server = createServer();
  const graph = graphOf(options);
  // As a boot does.
  refuseInputs(graph);
  const meter = createMeter();
  const cognito = await createCognito({
    graph,
    storage: { folder, memory: false },
    iam: fakeIam(state),
    clock: () => state.time,
    endpoint: () => url,
    meter,
    firewall: options.firewall,
    ...(options.invoke && { invoke: options.invoke }),
  }).catch(async (error: unknown) => {
    await rm(folder, { recursive: true });
    throw error;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.on("request", (request, response) => {
    const target = new URL(request.url ?? "/", url);
    const body = async (): Promise<Buffer> => Buffer.concat(await request.toArray());
    const call: AnonymousCall = { url: target, request, response, body };
    const { service } = cognito;
    const handled = request.headers.authorization
      ? service.handle({ ...call, principal: role } as Call)
      : service.anonymous?.accepts(request, target)
        ? service.anonymous.handle(call)
        : Promise.reject(new AwsError("AccessDeniedException", "not open", 403));
    handled.catch((error: unknown) => service.fail(response, error as AwsError, target));
  });
  return Object.assign(state, {
    cognito,
    url,
    folder,
    active: () => quantityOf(meter.bill(), "cognito.users"),
    mail: () => readMail(join(folder, "mail.jsonl")),
    call: (operation: string, input: object, headers?: Record<string, string>) =>
      post(url, operation, input, headers),
    admin: (operation: string, input: object) => post(url, operation, input, { authorization: "signed" }),
    stop: async (keep?: "keep") => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      cognito.stop();
      if (!keep) {
        await rm(folder, { recursive: true });
      }
    },
  });
}

/** One sign-in by password. */
export async function signIn(bench: Bench, username: string, secret = password) {
  const parameters = { USERNAME: username, PASSWORD: secret };
  const answer = await bench.call("InitiateAuth", {
    AuthFlow: "USER_PASSWORD_AUTH",
    ClientId: "web",
    AuthParameters: parameters,
  });
  return answer["AuthenticationResult"] as Record<"AccessToken" | "IdToken" | "RefreshToken", string>;
}

/** The other half of SRP, written from the RFC and apart from the code under test. */
export function srpClient(username: string, secret: string) {
  const pad = (hex: string): string => {
    const whole = hex.length % 2 ? `0${hex}` : hex;
    return parseInt(whole.slice(0, 2), 16) > 127 ? `00${whole}` : whole;
  };
  const hash = (hex: string): bigint =>
    BigInt(`0x${createHash("sha256").update(Buffer.from(hex, "hex")).digest("hex")}`);
  const power = (base: bigint, exponent: bigint): bigint => {
    let result = 1n;
    for (const bit of exponent.toString(2)) {
      result = (((result * result) % prime) * (bit === "1" ? base : 1n)) % prime;
    }
    return result;
  };
  const a = BigInt(`0x${randomBytes(32).toString("hex")}`);
  const A = power(2n, a);
  return {
    A: A.toString(16),
    answer: (challenge: Record<string, string>): Record<string, string> => {
      const { SALT = "", SRP_B = "", SECRET_BLOCK = "", USER_ID_FOR_SRP = "" } = challenge;
      const pool = poolId.split("_")[1] ?? "";
      const inner = createHash("sha256").update(`${pool}${USER_ID_FOR_SRP}:${secret}`).digest("hex");
      const x = hash(pad(BigInt(`0x${SALT}`).toString(16)) + inner);
      const u = hash(pad(A.toString(16)) + pad(SRP_B));
      const k = hash(pad(prime.toString(16)) + pad("2"));
      const base = (((BigInt(`0x${SRP_B}`) - k * power(2n, x)) % prime) + prime) % prime;
      const shared = Buffer.from(pad(power(base, a + u * x).toString(16)), "hex");
      const prk = createHmac("sha256", Buffer.from(pad(u.toString(16)), "hex"))
        .update(shared)
        .digest();
      const key = createHmac("sha256", prk).update("Caldera Derived Key\x01").digest().subarray(0, 16);
      const timestamp = "Sat Nov 21 06:14:00 UTC 2026";
      const block = Buffer.from(SECRET_BLOCK, "base64");
      const message = Buffer.concat([Buffer.from(pool + USER_ID_FOR_SRP), block, Buffer.from(timestamp)]);
      return {
        USERNAME: username,
        PASSWORD_CLAIM_SECRET_BLOCK: SECRET_BLOCK,
        PASSWORD_CLAIM_SIGNATURE: createHmac("sha256", key).update(message).digest("base64"),
        TIMESTAMP: timestamp,
      };
    },
  };
}

async function post(url: string, operation: string, input: object, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
      ...headers,
    },
    body: JSON.stringify(input),
  });
  const body = (await response.json()) as Record<string, unknown>;
  if (response.ok) {
    return body;
  }
  throw new AwsError(String(body["__type"]), String(body["message"]), response.status);
}

function fakeIam(state: { deny: boolean; asked: Access[] }) {
  const unused = (): never => {
    throw new Error("not used here");
  };
  return {
    authorize: (access: Access) => {
      state.asked.push(access);
      if (state.deny) {
        throw new AwsError("AccessDeniedException", "denied", 400);
      }
    },
    assume: unused,
    credentials: unused,
    identify: unused,
  };
}

function graphOf({ pool = {}, clients = {} }: Options): Graph {
  const flows = ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
  const web = { explicitAuthFlows: flows, preventUserExistenceErrors: "ENABLED", ...clients["web"] };
  const all = Object.entries({ ...clients, web });
  const outputs = { arn: poolArn, name: "users", endpoint: `cognito-idp.eu-west-1.amazonaws.com/${poolId}` };
  return {
    project: "test",
    stack: "test",
    outputs: {},
    resources: [
      resource(
        "aws:cognito/userPool:UserPool",
        poolId,
        { autoVerifiedAttributes: ["email"], ...pool },
        outputs,
      ),
      ...all.map(([id, inputs]) =>
        resource(
          "aws:cognito/userPoolClient:UserPoolClient",
          id,
          { userPoolId: poolId, ...inputs },
          {
            name: id,
            ...("generateSecret" in inputs && { clientSecret: secretOf(id) }),
          },
        ),
      ),
      resource(
        "aws:cognito/userGroup:UserGroup",
        "admin",
        { userPoolId: poolId, precedence: 1 },
        { name: "admin" },
      ),
      resource("aws:cognito/userGroup:UserGroup", "staff", { userPoolId: poolId }, { name: "staff" }),
    ],
  };
}

function resource(type: string, id: string, inputs: object, outputs: object): Resource {
  const urn = `urn:pulumi:test::test::${type}::${id}`;
  const flags = { custom: true, protect: false, retainOnDelete: false, secretInputs: [], dependencies: [] };
  return {
    urn,
    type,
    name: id,
    id,
    ...flags,
    inputs,
    outputs: { ...inputs, ...outputs },
  } as unknown as Resource;
}
