import { util } from "@aws-appsync/utils";
import { revocations } from "../../domain/revocation.ts";

/** A user's row in the table of client tokens. Admin tokens issued before `revokedAt` (epoch seconds) are revoked. */
export interface Revocation {
  readonly revokedAt: number;
}

export const revocationKey = (userId: string) =>
  util.dynamodb.toMapValues({ ownerId: revocations, clientToken: userId });
