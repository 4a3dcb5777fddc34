/** Partition of the table of client tokens where revocations are kept. No user has this id: users' ids are subjects. */
export const revocations = "#admins";

/** Seconds that a revocation is kept: as long as Cognito lets a token live at most. */
export const revocationSeconds = 86_400;

/**
 * Whether a token counts no more as an admin's. Both times are in seconds; a token that does not say when it was
 * issued counts no more.
 */
export const isRevoked = (issuedAt: number | undefined, revokedAt: number | undefined): boolean =>
  revokedAt !== undefined && !(issuedAt !== undefined && issuedAt > revokedAt);
