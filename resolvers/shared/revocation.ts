import { util } from "@aws-appsync/utils";
import { revocations } from "../../domain/revocation.ts";

/** A user's row in the table of client tokens: admin's tokens from before its `revokedAt` count no more. */
export interface Revocation {
  readonly revokedAt: number;
}

export const revocationKey = (userId: string) =>
  util.dynamodb.toMapValues({ ownerId: revocations, clientToken: userId });
