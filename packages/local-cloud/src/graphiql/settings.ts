/** What the page is told of the cloud. Paths, not addresses: the page is served by all of the port's names. */
export interface Settings {
  readonly graphqlPath: string;
  readonly realtimePath: string;
  readonly endpointPath: string;
  readonly userPoolClientId: string;
  /** Name of the Pulumi project, and of the API where there are several. */
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
  /** Asks with this key, and without signing in. */
  readonly apiKey?: string;
}
