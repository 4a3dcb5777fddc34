import { AppSyncClient, EvaluateCodeCommand } from "@aws-sdk/client-appsync";
import { parse, run } from "../../packages/local-cloud/src/command.ts";
import {
  type CheckTypes,
  evaluateCode,
} from "../../packages/local-cloud/src/appsync/runtime/evaluate-code.ts";
import { TypeCheck } from "../../packages/local-cloud/src/appsync/save-check/types.ts";
import { allCases, type Case } from "./cases.ts";
import { comparable, differences } from "./compare.ts";
import { questions } from "./questions.ts";
import { compareRunning } from "./running.ts";
import { compareSchemas, schemas } from "./schemas.ts";

const usage = `npm run test:aws -- [flags]
Holds the answers of the local AppSync against AWS's own EvaluateCode. Without credentials it says what it needs.
  --schemas  holds schemas against AWS too, in an API that it makes and deletes
  --running  asks an API and a user pool too, which it makes and deletes
  --help     print this
Exit code: 0 all alike, 1 some differ, 2 AWS could not be asked.`;

/** Holds our answers against AWS's own EvaluateCode, which needs no API and stores nothing. */
async function main(args: readonly string[]): Promise<number> {
  const flag = { type: "boolean", default: false } as const;
  const { values } = parse(args, { schemas: flag, running: flag });
  const cases = await allCases();
  const missing = missingSettings();
  if (missing.length > 0) {
    console.log(`Not run: ${missing.join(" and ")} not set. ${cases.length} cases wait to be held against AWS.
To run them: set AWS_REGION and the credentials of an identity that may appsync:EvaluateCode (AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or AWS_PROFILE), then npm run test:aws. It creates nothing on AWS.
${schemas.length} schemas wait as well: npm run test:aws -- --schemas makes an API for them, and deletes it. That takes
appsync:CreateGraphqlApi, StartSchemaCreation, GetSchemaCreationStatus and DeleteGraphqlApi.
${questions.length} questions to a running API wait too: npm run test:aws -- --running makes one with a user pool, and deletes
both. That takes appsync:CreateDataSource and CreateResolver as well, and of cognito-idp CreateUserPool,
CreateUserPoolClient, CreateGroup, AdminCreateUser, AdminSetUserPassword, AdminAddUserToGroup, AdminInitiateAuth
and DeleteUserPool.`);
    return 0;
  }
  const client = new AppSyncClient({ maxAttempts: 10, retryMode: "adaptive" });
  const problems = new TypeCheck().check(cases);
  let different = 0;
  for (const [index, one] of cases.entries()) {
    different += Number(!(await isSame(client, one, () => problems[index] ?? [])));
  }
  console.log(`${cases.length} cases, ${different} that AWS answers otherwise.`);
  if (values.schemas) {
    const decided = await compareSchemas(client, console.log);
    console.log(`${schemas.length} schemas, ${decided} that AWS decides otherwise.`);
    different += decided;
  }
  if (values.running) {
    const answered = await compareRunning(client, console.log);
    console.log(`${questions.length} questions to a running API, ${answered} that AWS answers otherwise.`);
    different += answered;
  }
  return different > 0 ? 1 : 0;
}

function missingSettings(): string[] {
  const { env } = process;
  const has = (...names: string[]) => names.some((name) => env[name] !== undefined && env[name] !== "");
  const credentials = ["AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE"];
  const inContainer = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"];
  return [
    ...(has("AWS_REGION", "AWS_DEFAULT_REGION") ? [] : ["AWS_REGION"]),
    ...(has(...credentials, ...inContainer) ? [] : ["AWS credentials"]),
  ];
}

async function isSame(client: AppSyncClient, one: Case, checkTypes: CheckTypes): Promise<boolean> {
  const answer = await client.send(
    new EvaluateCodeCommand({
      runtime: { name: "APPSYNC_JS", runtimeVersion: "1.0.0" },
      code: one.code,
      function: one.function,
      context: JSON.stringify(one.context),
    }),
  );
  const aws = comparable(one, answer);
  const local = comparable(one, evaluateCode(one.code, one.function, one.context, checkTypes));
  const parts = differences(aws, local);
  if (parts.length > 0) {
    console.log(one.name);
  }
  for (const part of parts) {
    console.log(
      `  ${part}\n    AWS:   ${JSON.stringify(aws[part])}\n    local: ${JSON.stringify(local[part])}`,
    );
  }
  return parts.length === 0;
}

run(usage, main);
