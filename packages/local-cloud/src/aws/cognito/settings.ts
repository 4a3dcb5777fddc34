/** One user pool as the program declares it, with AWS's defaults. */
export interface PoolSettings {
  readonly id: string;
  readonly arn: string;
  /** The part of the id after the underscore. It is part of every SRP hash. */
  readonly shortName: string;
  readonly issuer: string;
  readonly passwordPolicy: PasswordPolicy;
  readonly temporaryPasswordDays: number;
  /** Users sign in with these instead of a username. Their username is then their `sub`. */
  readonly usernameAttributes: readonly string[];
  /** Users may also sign in with these once they are verified. */
  readonly aliasAttributes: readonly string[];
  readonly caseSensitive: boolean;
  readonly autoVerifiedAttributes: readonly string[];
  readonly selfSignUp: boolean;
  /** ARN of the function that is asked before an account is created. */
  readonly preSignUp: string | undefined;
  /** Whether users may or must sign in with a second factor. */
  readonly mfa: "OFF" | "OPTIONAL" | "ON";
  /** Whether the second factor can be a code of an app (TOTP). */
  readonly softwareTokens: boolean;
  readonly requiredAttributes: readonly string[];
  readonly customAttributes: readonly string[];
  /** Attributes that keep their first value. */
  readonly immutableAttributes: readonly string[];
  /** By attribute: a function that says what is wrong with a value. */
  readonly constraints: ReadonlyMap<string, (value: string) => string | undefined>;
  /** Attributes that receive the code for a forgotten password, preferred first. Empty: only administrators reset. */
  readonly recovery: readonly string[];
  readonly clients: ReadonlyMap<string, ClientSettings>;
  readonly groups: ReadonlyMap<string, GroupSettings>;
}

export interface PasswordPolicy {
  readonly minimumLength: number;
  readonly requireUppercase: boolean;
  readonly requireLowercase: boolean;
  readonly requireNumbers: boolean;
  readonly requireSymbols: boolean;
}

export interface ClientSettings {
  readonly id: string;
  readonly secret: string | undefined;
  readonly authFlows: ReadonlySet<string>;
  readonly preventUserExistenceErrors: boolean;
  readonly tokenRevocation: boolean;
  /** Seconds for which a rotated refresh token still works. Undefined without rotation. */
  readonly rotationGrace: number | undefined;
  /** Seconds. */
  readonly validity: { readonly access: number; readonly id: number; readonly refresh: number };
  /** Seconds to answer a challenge. */
  readonly challengeValidity: number;
}

export interface GroupSettings {
  readonly name: string;
  readonly description: string | undefined;
  readonly precedence: number | undefined;
  readonly roleArn: string | undefined;
}
