/** Partition of the revocations in the table of client tokens. It cannot be a user's id, which is the `sub` of a token. */
export const revocations = "#admins";

/** How long a revocation is kept, in seconds: Cognito's maximum validity of an access token. */
export const revocationSeconds = 86_400;

/**
 * Whether an admin's token was issued before the revocation. Both times are in seconds. A token without a time of issue
 * counts as revoked.
 */
export const isRevoked = (issuedAt: number | undefined, revokedAt: number | undefined): boolean =>
  revokedAt !== undefined && !(issuedAt !== undefined && issuedAt > revokedAt);
