// Signs alice in by packages/client, and asks who she is: node srp.ts, with the cloud's ready object in READY.
import { me } from "../../packages/client/src/index.ts";
import { createSession } from "../../packages/client/src/sign-in.ts";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";

const ready = JSON.parse(process.env["READY"] ?? "") as Ready;
const session = createSession(ready);
const password = ready.users.find(({ username }) => username === "alice")?.password ?? "";
const step = await session.signIn("alice", password);
const user = await session.user();
const report = {
  step,
  id: user?.id,
  profile: await me({ graphqlUrl: ready.graphqlUrl, token: session.token }),
};
export type Report = typeof report;
process.stdout.write(JSON.stringify(report), () => process.exit(0));
