/** What the program writes to /config.json. */
export interface Config {
  readonly graphqlUrl: string;
  readonly userPoolId: string;
  readonly userPoolClientId: string;
  /** Of Cognito, unless it is AWS's own. */
  readonly endpointUrl: string | null;
  /** Who may create an account: nobody without an invitation, anyone, or owners of addresses of these domains. */
  readonly signUp: "invited" | "anyone" | readonly string[];
  /** Whether users may or must sign in with a code of an app as well. */
  readonly mfa: "off" | "optional" | "required";
}

export async function loadConfig(): Promise<Config> {
  const response = await fetch("/config.json");
  return (await response.json()) as Config;
}
