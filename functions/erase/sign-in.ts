import {
  AdminDeleteUserCommand,
  type CognitoIdentityProviderClient,
  ListUsersCommand,
  UserNotFoundException,
} from "@aws-sdk/client-cognito-identity-provider";
import type { Store } from "./erase.ts";

/** A user of the pool. Deleting the user makes refresh tokens invalid. */
export function signInStore(client: CognitoIdentityProviderClient, UserPoolId: string): Store {
  const namesOf = async (userId: string): Promise<string[]> => {
    // Ids that an admin gave to profiles may have any characters.
    if (!/^[\w-]+$/.test(userId)) {
      return [];
    }
    const { Users = [] } = await client.send(
      new ListUsersCommand({ UserPoolId, Filter: `sub = "${userId}"`, AttributesToGet: ["sub"] }),
    );
    return Users.flatMap(({ Username }) => Username ?? []);
  };
  return {
    holds: "signIn",
    count: async (userId) => (await namesOf(userId)).length,
    async remove(userId) {
      for (const Username of await namesOf(userId)) {
        try {
          await client.send(new AdminDeleteUserCommand({ UserPoolId, Username }));
        } catch (error) {
          if (!(error instanceof UserNotFoundException)) {
            throw error;
          }
        }
      }
    },
  };
}
