import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { ConsoleLogger } from "aws-amplify/utils";
import type { Endpoint } from "../../packages/client/src/index.ts";
import { createSession } from "../../packages/client/src/sign-in.ts";
import { readJson, UsageError } from "../../packages/local-cloud/src/command.ts";

/** The ready line of the local cloud, or the outputs of a stack. */
interface Target {
  readonly graphqlUrl: string;
  readonly userPoolId: string;
  readonly userPoolClientId: string;
  /** The local cloud's. */
  readonly endpointUrl?: string;
  readonly users?: readonly { readonly username: string; readonly password: string }[];
}

const required = ["graphqlUrl", "userPoolId", "userPoolClientId"] as const;

/** Reads a file, or stdin for `-`. Throws `UsageError`. */
export function readTarget(file: string): Target {
  const read = readJson("--to", file === "-" ? "/dev/stdin" : file) as Partial<Target> | null;
  const missing = required.filter((name) => typeof read?.[name] !== "string");
  if (missing.length > 0) {
    throw new UsageError(
      `--to: ${file} has no ${missing.join(", no ")}: it must be a ready line, or the outputs of a stack`,
    );
  }
  return read as Target;
}

export interface Account {
  readonly endpoint: Endpoint;
  readonly ownerId: string;
}

/** Signs in with the password of a local user, that in DARKROOM_PASSWORD, or that which is typed. */
export async function signIn(target: Target, username: string): Promise<Account> {
  // It warns of an address that is not AWS's.
  ConsoleLogger.LOG_LEVEL = "ERROR";
  const session = createSession(target);
  const local = target.users?.find((user) => user.username === username)?.password;
  const step = await session.signIn(
    username,
    local ?? process.env["DARKROOM_PASSWORD"] ?? (await typedPassword(username)),
  );
  const user = await session.user();
  if (!user) {
    throw new UsageError(`${username} cannot sign in here yet: Cognito asks for ${step}`);
  }
  return { endpoint: { graphqlUrl: target.graphqlUrl, token: session.token }, ownerId: user.id };
}

async function typedPassword(username: string): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new UsageError(`There is no password for ${username}: set DARKROOM_PASSWORD`);
  }
  process.stderr.write(`Password of ${username}: `);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  const password = await lines.question("");
  lines.close();
  process.stderr.write("\n");
  return password;
}

/** Where it is kept what an owner has. */
export function stateFile({ graphqlUrl }: Target, ownerId: string): string {
  const folder = process.env["XDG_STATE_HOME"] ?? join(homedir(), ".local", "state");
  const name = createHash("sha256").update(`${graphqlUrl} ${ownerId}`).digest("hex").slice(0, 16);
  return join(folder, "darkroom", `upload-${name}.ndjson`);
}
