import { describe, expect, it } from "@jest/globals";
import type { AppSyncClient } from "@aws-sdk/client-appsync";
import { apiGraph, type Served, serve, token } from "../support/appsync.ts";
import { queryDepthLimit, questions, resolvers, schema } from "./questions.ts";
import { type CallCognito, compareRunning } from "./running.ts";

const graph = (more: Readonly<Record<string, { code: string; maxBatchSize: number }>> = {}) =>
  apiGraph({
    schema,
    resolvers: { ...resolvers, ...more },
    api: { additionalAuthenticationProviders: [], queryDepthLimit },
  });

const tokens = { member: token({ sub: "m", groups: ["members"] }), outsider: token({ sub: "o" }) };

const takesBatchSize = (): Promise<boolean> =>
  serve(graph({ "Nested.secret": { code: resolvers["Query.top"] ?? "", maxBatchSize: 5 } })).then(
    () => true,
    () => false,
  );

/** AWS whose API is a local one, so that a question can be asked to its end. */
function scripted({ url }: Served, failing?: string) {
  const calls: string[] = [];
  const record = (name: string) => {
    calls.push(name);
    if (name === failing) {
      throw Object.assign(new Error(`${name} fails`), { name: "Denied" });
    }
  };
  const send = async ({ constructor: { name }, input }: Sent): Promise<object> => {
    record(name.replace("Command", ""));
    if (input.maxBatchSize !== undefined && !(await takesBatchSize())) {
      throw Object.assign(new Error("no batch"), { name: "BadRequestException" });
    }
    return { graphqlApi: { apiId: "api1", uris: { GRAPHQL: url } }, status: "SUCCESS" };
  };
  const cognito: CallCognito = (operation, input) => {
    record(operation);
    const { AuthParameters: { USERNAME = "" } = {} } = input as { AuthParameters?: { USERNAME?: string } };
    const AccessToken = tokens[USERNAME as keyof typeof tokens];
    return Promise.resolve({
      UserPool: { Id: "pool" },
      UserPoolClient: { ClientId: "client" },
      AuthenticationResult: { AccessToken },
    });
  };
  const config = { region: () => Promise.resolve("eu-west-1") };
  return { client: { send, config } as unknown as AppSyncClient, cognito, calls };
}

interface Sent {
  readonly constructor: { readonly name: string };
  readonly input: { readonly maxBatchSize?: number };
}

describe("questions that need a running API", () => {
  it.each(questions)("is answered here as it says: $name", async ({ ask, here }) => {
    const { url: graphqlUrl } = await serve(graph());
    expect(await ask({ graphqlUrl, ...tokens, takesBatchSize })).toEqual(here);
  });

  it("asks AWS with a user pool and an API, and deletes both", async () => {
    const { client, cognito, calls } = scripted(await serve(graph()));
    const lines: string[] = [];
    expect(await compareRunning(client, (line) => void lines.push(line), cognito)).toBe(0);
    expect(lines).toEqual([]);
    expect(calls.slice(-2)).toEqual(["DeleteGraphqlApi", "DeleteUserPool"]);
    expect(calls.filter((name) => name === "CreateResolver")).toHaveLength(Object.keys(resolvers).length + 1);
  });

  it("reports where AWS answers differently", async () => {
    const other = apiGraph({
      schema,
      resolvers,
      api: { additionalAuthenticationProviders: [] },
    });
    const { client, cognito } = scripted(await serve({ ...other }));
    const swapped: CallCognito = async (operation, input) => {
      const answer = await cognito(operation, input);
      return operation === "AdminInitiateAuth"
        ? { AuthenticationResult: { AccessToken: tokens.member } }
        : answer;
    };
    const lines: string[] = [];
    expect(await compareRunning(client, (line) => void lines.push(line), swapped)).toBe(1);
    expect(lines).toEqual([
      '@aws_auth on a root field holds out who is not in the group\n    AWS:   {"top":"seen"}\n    local: ["Unauthorized"]',
    ]);
  });

  it.each(["AdminSetUserPassword", "CreateGraphqlApi", "StartSchemaCreation", "CreateResolver"])(
    "leaves nothing behind when %s fails",
    async (failing) => {
      const { client, cognito, calls } = scripted(await serve(graph()), failing);
      await expect(compareRunning(client, () => undefined, cognito)).rejects.toThrow(`${failing} fails`);
      expect(calls.at(-1)).toBe("DeleteUserPool");
      const hasApi = calls.includes("CreateGraphqlApi") && failing !== "CreateGraphqlApi";
      expect(calls.includes("DeleteGraphqlApi")).toBe(hasApi);
    },
  );
});
