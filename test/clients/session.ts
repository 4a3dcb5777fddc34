// Signs people in and up with the client: node session.ts, with the cloud's ready object in READY. Prints what happened
// as one line of JSON.
import { DarkroomError, me } from "../../packages/client/src/index.ts";
import { createSession } from "../../packages/client/src/sign-in.ts";
import { readMail } from "../../packages/local-cloud/src/aws/cognito/mailbox.ts";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";

const ready = JSON.parse(process.env["READY"] ?? "") as Ready;
const password = (name: string) => ready.users.find(({ username }) => username === name)?.password ?? "";

const codeFor = (name: string) =>
  readMail(ready.mailFile).findLast(({ username }) => username === name)?.secret ?? "";

const errorType = (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    () => "none",
    (error: unknown) => (error instanceof DarkroomError ? error.errorType : String(error)),
  );

async function signInAndOut() {
  const [one, two] = [createSession(ready), createSession(ready)];
  const step = await one.signIn("alice", password("alice"));
  const user = await one.user();
  const profile = await me({ graphqlUrl: ready.graphqlUrl, token: one.token });
  const other = await two.user();
  await one.signIn("admin", password("admin"));
  const next = await one.user();
  await one.signOut();
  const left = (await one.user()) ?? null;
  return { step, user, profile, other: other ?? null, next, left, token: await errorType(one.token()) };
}

async function signUp() {
  const session = createSession(ready);
  await session.signUp({ username: "carol", password: "First-Secret-1", email: "carol@example.com" });
  const before = await session.signIn("carol", "First-Secret-1");
  const wrongCode = await errorType(session.confirmSignUp("carol", "000000"));
  await session.confirmSignUp("carol", codeFor("carol"));
  await session.forgotPassword("carol");
  await session.resetPassword("carol", codeFor("carol"), "Second-Secret-2");
  const wrongPassword = await errorType(session.signIn("carol", "First-Secret-1"));
  return { before, wrongCode, wrongPassword, after: await session.signIn("carol", "Second-Secret-2") };
}

const report = { session: await signInAndOut(), signUp: await signUp() };
export type Report = typeof report;
process.stdout.write(JSON.stringify(report), () => process.exit(0));
