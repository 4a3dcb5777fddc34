/** The settings of the page. They are paths, not addresses, because the page is served at all names of the port. */
export interface Settings {
  readonly graphqlPath: string;
  readonly realtimePath: string;
  readonly endpointPath: string;
  readonly userPoolClientId: string;
  /** Name of the Pulumi project, and of the API if there are several. */
  readonly title: string;
  /** Operations in the first tabs. */
  readonly examples: readonly string[];
  readonly users: readonly User[];
}

export interface User {
  readonly username: string;
  readonly password: string;
  readonly sub: string;
  readonly groups: readonly string[];
  /** Base32, of a user who signs in with a code (TOTP). */
  readonly totpSecret?: string;
  /** Requests use this key, without signing in. */
  readonly apiKey?: string;
}
