import type * as Core from "@apollo/client/core" with { "resolution-mode": "require" };
import type * as AuthLink from "aws-appsync-auth-link" with { "resolution-mode": "require" };
import type * as SubscriptionLink from "aws-appsync-subscription-link" with { "resolution-mode": "require" };
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";
import { tokenOf } from "./credentials.ts";
import type { Caller, Client } from "./scenario.ts";

/**
 * Apollo with AppSync's links, in the version that `require` finds: an app writes the same for both. As CommonJS,
 * because in Node's ES modules the auth link does not find its own hash function, and version 3 has none.
 */
export const apolloBy =
  (require: NodeJS.Require) =>
  async (ready: Ready, caller: Caller): Promise<Client> => {
    const core = require("@apollo/client/core") as typeof Core;
    const { AUTH_TYPE, createAuthLink } = require("aws-appsync-auth-link") as typeof AuthLink;
    const { createSubscriptionHandshakeLink } =
      require("aws-appsync-subscription-link") as typeof SubscriptionLink;
    const { graphqlUrl: url, region } = ready;
    const auth =
      caller.as === "role"
        ? ({ type: AUTH_TYPE.AWS_IAM, credentials: caller.credentials } as const)
        : ({ type: AUTH_TYPE.AMAZON_COGNITO_USER_POOLS, jwtToken: await tokenOf(ready, caller) } as const);
    // The auth link signs the body without the extensions that version 4 adds on its way out.
    const http = new core.HttpLink({ uri: url, enhancedClientAwareness: { transport: false } });
    const client = new core.ApolloClient({
      cache: new core.InMemoryCache(),
      link: core.ApolloLink.from([
        createAuthLink({ url, region, auth }),
        createSubscriptionHandshakeLink({ url, region, auth }, http),
      ]),
    });
    return clientOf(core, client);
  };

function clientOf({ gql }: typeof Core, apollo: Core.ApolloClient): Client {
  return {
    async run(document, variables = {}) {
      const operation = gql(document);
      const { data } = document.trim().startsWith("mutation")
        ? await apollo.mutate({ mutation: operation, variables })
        : await apollo.query({ query: operation, variables });
      return data;
    },
    subscribe(document, variables, { data, error }) {
      const subscription = apollo.subscribe({ query: gql(document), variables }).subscribe({
        // Version 4 hands an error on as a result.
        next: (result) => (result.error ? error(result.error) : data(result.data)),
        error,
      });
      return () => subscription.unsubscribe();
    },
  };
}
