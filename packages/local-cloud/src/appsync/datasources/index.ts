import type { Iam } from "../../aws/iam/index.ts";
import type { Clock, Executor, Invoker, Log, Principal } from "../../base/service.ts";
import type { DeclaredSource } from "../declared/sources.ts";
import type { Tokens } from "./dynamodb/tokens.ts";
import { dynamodbSource } from "./dynamodb/index.ts";
import { eventBridgeSource } from "./eventbridge.ts";
import { type FrontDoor, targetOf } from "./http/address.ts";
import { httpSource } from "./http/index.ts";
import { lambdaSource } from "./lambda/index.ts";
import { noneSource } from "./none.ts";
import type { DataSource } from "../model/source.ts";

/** The services behind the data sources. Each source acts as its own role. */
export interface Backends {
  readonly iam: Iam;
  readonly dynamodb: Executor;
  readonly events: Executor;
  readonly lambda: Invoker;
  readonly tokens: Tokens;
  readonly log: Log;
  readonly clock: Clock;
  /** Gets signed calls to AWS services. Absent where there are none. */
  readonly frontDoor?: FrontDoor | undefined;
}

/** Creates the data sources of each type. Throws if AppSync may not assume the role. */
const makers: {
  readonly [Type in DeclaredSource["type"]]: (
    source: Extract<DeclaredSource, { type: Type }>,
    backends: Backends,
    apiArn: string,
  ) => DataSource;
} = {
  NONE: () => noneSource,
  AMAZON_DYNAMODB: (source, backends, apiArn) =>
    dynamodbSource(source.tableName, {
      ...backends,
      principal: assume(backends.iam, source.roleArn, apiArn),
    }),
  AMAZON_EVENTBRIDGE: (source, backends, apiArn) =>
    eventBridgeSource(source.eventBusArn, {
      ...backends,
      principal: assume(backends.iam, source.roleArn, apiArn),
    }),
  AWS_LAMBDA: (source, backends, apiArn) =>
    lambdaSource(source.functionArn, {
      ...backends,
      principal: assume(backends.iam, source.roleArn, apiArn),
    }),
  HTTP: (source, { iam, clock, frontDoor }, apiArn) => {
    const target = targetOf(source, frontDoor);
    const { signing } = source;
    if (!signing) {
      return httpSource({ target, signing, clock });
    }
    assume(iam, signing.roleArn, apiArn);
    return httpSource({
      target,
      signing: { ...signing, credentials: iam.credentials(signing.roleArn) },
      clock,
    });
  },
};

/** The types of data source that run here. */
export const sourceTypes: readonly string[] = Object.keys(makers);

export function createDataSource(source: DeclaredSource, backends: Backends, apiArn: string): DataSource {
  // The type of the declaration has chosen the maker.
  const make = makers[source.type] as (typeof makers)["NONE"];
  return make(source as Extract<DeclaredSource, { type: "NONE" }>, backends, apiArn);
}

function assume(iam: Iam, roleArn: string, apiArn: string): Principal {
  return iam.assume(roleArn, "appsync.amazonaws.com", apiArn);
}
