import { randomBytes } from "node:crypto";
import {
  type AppSyncClient,
  CreateDataSourceCommand,
  CreateGraphqlApiCommand,
  CreateResolverCommand,
  DeleteGraphqlApiCommand,
} from "@aws-sdk/client-appsync";
import { signPost } from "../support/sign.ts";
import { queryDepthLimit, questions, resolvers, type RunningApi, schema } from "./questions.ts";
import { refusalOf } from "./schemas.ts";

/** Calls an operation of Cognito. Throws what Cognito refuses. */
export type CallCognito = (operation: string, input: object) => Promise<Readonly<Record<string, unknown>>>;

/** Undoes what was made, the last first. */
type Undo = (() => Promise<unknown>)[];

/**
 * Asks AWS what only an API that runs can answer: makes a user pool with two users and an API, and deletes both.
 * Returns how many answers differ from the local ones.
 */
export async function compareRunning(
  client: AppSyncClient,
  say: (line: string) => void,
  cognito: CallCognito = cognitoOf(client),
): Promise<number> {
  const undo: Undo = [];
  try {
    const api = await makeApi(client, cognito, undo);
    let different = 0;
    for (const { name, ask, here } of questions) {
      const [aws, local] = [await ask(api), here].map((answer) => JSON.stringify(answer));
      if (aws === local) {
        continue;
      }
      different += 1;
      say(`${name}\n    AWS:   ${aws}\n    local: ${local}`);
    }
    return different;
  } finally {
    for (const one of undo.reverse()) {
      await one().catch((error: unknown) => say(`Not deleted: ${String(error)}`));
    }
  }
}

async function makeApi(client: AppSyncClient, cognito: CallCognito, undo: Undo): Promise<RunningApi> {
  const name = `darkroom-test-${Date.now()}`;
  const { UserPool } = (await cognito("CreateUserPool", { PoolName: name })) as { UserPool: { Id: string } };
  const UserPoolId = UserPool.Id;
  undo.push(() => cognito("DeleteUserPool", { UserPoolId }));
  const tokenOf = await usersOf(cognito, UserPoolId);
  const awsRegion = await client.config.region();
  const { graphqlApi } = await client.send(
    new CreateGraphqlApiCommand({
      ...{ name, queryDepthLimit, authenticationType: "AMAZON_COGNITO_USER_POOLS" },
      userPoolConfig: { userPoolId: UserPoolId, awsRegion, defaultAction: "ALLOW" },
    }),
  );
  const { apiId, uris } = graphqlApi ?? {};
  if (apiId === undefined) {
    throw new Error("AWS made an API without an id");
  }
  undo.push(() => client.send(new DeleteGraphqlApiCommand({ apiId })));
  const refusal = await refusalOf(client, apiId, schema);
  if (refusal !== undefined) {
    throw new Error(`AWS refuses the schema: ${refusal}`);
  }
  await client.send(new CreateDataSourceCommand({ apiId, name: "none", type: "NONE" }));
  for (const [field, code] of Object.entries(resolvers)) {
    await client.send(resolver(apiId, field, code));
  }
  return {
    graphqlUrl: uris?.["GRAPHQL"] ?? "",
    member: await tokenOf("member", ["members"]),
    outsider: await tokenOf("outsider", []),
    takesBatchSize: () =>
      client.send(resolver(apiId, "Nested.secret", resolvers["Query.top"] ?? "", 5)).then(
        () => true,
        (error: unknown) => {
          if (error instanceof Error && error.name === "BadRequestException") {
            return false;
          }
          throw error;
        },
      ),
  };
}

function resolver(apiId: string, name: string, code: string, maxBatchSize?: number): CreateResolverCommand {
  const [typeName = "", fieldName = ""] = name.split(".");
  const runtime = { name: "APPSYNC_JS", runtimeVersion: "1.0.0" } as const;
  const batch = maxBatchSize === undefined ? {} : { maxBatchSize };
  return new CreateResolverCommand({
    apiId,
    typeName,
    fieldName,
    code,
    runtime,
    dataSourceName: "none",
    ...batch,
  });
}

/** Makes the pool's client and group. What it returns makes a user, and signs it in. */
async function usersOf(cognito: CallCognito, UserPoolId: string) {
  const { UserPoolClient } = (await cognito("CreateUserPoolClient", {
    ...{
      UserPoolId,
      ClientName: "test",
      ExplicitAuthFlows: ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    },
  })) as { UserPoolClient: { ClientId: string } };
  await cognito("CreateGroup", { UserPoolId, GroupName: "members" });
  return async (Username: string, groups: readonly string[]): Promise<string> => {
    const Password = `Aa1-${randomBytes(16).toString("base64url")}`;
    await cognito("AdminCreateUser", { UserPoolId, Username, MessageAction: "SUPPRESS" });
    await cognito("AdminSetUserPassword", { UserPoolId, Username, Password, Permanent: true });
    for (const GroupName of groups) {
      await cognito("AdminAddUserToGroup", { UserPoolId, Username, GroupName });
    }
    const { AuthenticationResult } = (await cognito("AdminInitiateAuth", {
      ...{ UserPoolId, ClientId: UserPoolClient.ClientId, AuthFlow: "ADMIN_USER_PASSWORD_AUTH" },
      AuthParameters: { USERNAME: Username, PASSWORD: Password },
    })) as { AuthenticationResult: { AccessToken: string } };
    return AuthenticationResult.AccessToken;
  };
}

/** Signed with the credentials of the other client: Cognito's own is a package for eight calls. */
function cognitoOf({ config }: AppSyncClient): CallCognito {
  return async (operation, input) => {
    const region = await config.region();
    const url = new URL(`https://cognito-idp.${region}.amazonaws.com/`);
    const body = JSON.stringify(input);
    const headers = {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
    };
    const { accessKeyId, secretAccessKey, sessionToken = "" } = await config.credentials();
    const credentials = { accessKeyId, secretAccessKey, sessionToken };
    const signed = await signPost({ service: "cognito-idp", region, credentials, url, headers, body });
    const response = await fetch(url, { method: "POST", headers: signed, body });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`${operation} answered ${response.status}: ${text}`);
    }
    return (text === "" ? {} : JSON.parse(text)) as Readonly<Record<string, unknown>>;
  };
}
