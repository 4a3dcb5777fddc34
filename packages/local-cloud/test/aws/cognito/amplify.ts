// Drives the real aws-amplify against a pool: node amplify.ts <endpoint> <pool id> <client id>.
// Amplify ships ES modules only, so it runs in a process of its own; one JSON line on stdout says how it went.
import { Amplify } from "aws-amplify";
import * as auth from "aws-amplify/auth";

const [userPoolEndpoint = "", userPoolId = "", userPoolClientId = ""] = process.argv.slice(2);
Amplify.configure({ Auth: { Cognito: { userPoolEndpoint, userPoolId, userPoolClientId } } });

const failure = async (attempt: Promise<unknown>): Promise<unknown> => {
  try {
    return await attempt;
  } catch (error) {
    return { name: (error as Error).name, message: (error as Error).message };
  }
};
const tokens = async (options?: { forceRefresh: boolean }) => {
  const found = (await auth.fetchAuthSession(options)).tokens;
  return { access: found?.accessToken.toString(), id: found?.idToken?.payload };
};

const report: Record<string, unknown> = {};
const started = performance.now();
report["srp"] = await auth.signIn({ username: "alice", password: "Passw0rd!x" });
report["srpMilliseconds"] = Math.round(performance.now() - started);
report["tokens"] = await tokens();
report["user"] = await auth.fetchUserAttributes();
report["refreshed"] = await tokens({ forceRefresh: true });
await auth.signOut({ global: true });
const flow = { authFlowType: "USER_PASSWORD_AUTH" } as const;
report["password"] = await auth.signIn({ username: "alice", password: "Passw0rd!x", options: flow });
await auth.signOut();
report["wrong"] = await failure(auth.signIn({ username: "alice", password: "wrong" }));
report["unknown"] = await failure(auth.signIn({ username: "nobody", password: "wrong" }));
report["temporary"] = await auth.signIn({ username: "bob", password: "Tempor4ry!" });
report["changed"] = await auth.confirmSignIn({ challengeResponse: "Chang3d!!" });
console.log(JSON.stringify(report));
