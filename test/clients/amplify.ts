import { Amplify } from "aws-amplify";
import { generateClient, type GraphQLResult } from "aws-amplify/api";
import { signIn } from "aws-amplify/auth";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";
import type { Caller, Client, Failure } from "./scenario.ts";

/** Over TLS: Amplify dials wss only. */
export async function connect(ready: Ready, caller: Caller): Promise<Client> {
  const { graphqlTlsUrl: endpoint, region, endpointUrl, userPoolId, userPoolClientId } = ready;
  const defaultAuthMode = caller.as === "role" ? "iam" : "userPool";
  const configuration = {
    API: { GraphQL: { endpoint, region, defaultAuthMode } },
    Auth: { Cognito: { userPoolEndpoint: endpointUrl, userPoolId, userPoolClientId } },
  } as const;
  if (caller.as === "person") {
    const { username, password } = caller;
    Amplify.configure(configuration);
    // By SRP, its default.
    await signIn({ username, password });
  } else {
    Amplify.configure(configuration, { Auth: authOf(caller) });
  }
  const client = generateClient();
  return {
    async run(query, variables = {}) {
      return ((await client.graphql({ query, variables: { ...variables } })) as GraphQLResult).data;
    },
    subscribe(query, variables, { data, error }) {
      const events = client.graphql({ query, variables: { ...variables } });
      if (!("subscribe" in events)) {
        throw new Error("Not a subscription");
      }
      const subscription = events.subscribe({ next: (result) => data(result.data), error });
      return () => subscription.unsubscribe();
    },
  };
}

function authOf(caller: Exclude<Caller, { as: "person" }>) {
  if (caller.as === "token") {
    const accessToken = { toString: () => caller.token, payload: {} };
    return { tokenProvider: { getTokens: () => Promise.resolve({ accessToken }) } };
  }
  const { credentials } = caller;
  return {
    credentialsProvider: {
      getCredentialsAndIdentityId: () => Promise.resolve({ credentials }),
      clearCredentialsAndIdentityId: () => undefined,
    },
  };
}

/** Amplify throws the whole answer. What only HTTP reported is the GraphQLError's originalError. */
export function read(thrown: unknown): Failure {
  const [error] = (thrown as { errors?: Thrown[] }).errors ?? [];
  if (!error) {
    return { message: String(thrown) };
  }
  const { errorType, message, originalError } = error;
  return {
    errorType: errorType ?? originalError?.name,
    message,
    status: originalError?.response?.statusCode,
  };
}

interface Thrown extends Failure {
  readonly originalError?: { readonly name: string; readonly response?: { readonly statusCode: number } };
}
