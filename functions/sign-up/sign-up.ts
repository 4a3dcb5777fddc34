/**
 * Why an account is refused. The address is not confirmed yet: Cognito sends a code to it afterwards, and nobody signs
 * in without it. Administrators invite whom they like.
 */
export function refusal(
  source: string,
  email: string | undefined,
  domains: readonly string[],
): string | undefined {
  if (source === "PreSignUp_AdminCreateUser") {
    return undefined;
  }
  const [, domain] = /^[^@\s]+@([^@\s]+)$/.exec(email ?? "") ?? [];
  return domain !== undefined && domains.includes(domain.toLowerCase())
    ? undefined
    : "Accounts are for addresses of other domains";
}
