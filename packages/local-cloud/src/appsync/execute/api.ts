import type { GraphQLSchema } from "graphql";
import type { Grants } from "../auth/grants.ts";
import type { Caching } from "../caching/index.ts";
import type { Authenticator } from "../model/caller.ts";
import type { Documents } from "./documents.ts";

/** One generation of the API. A request reads nothing else, so that a reload is one assignment. */
export interface Api {
  readonly schema: GraphQLSchema;
  readonly documents: Documents;
  readonly authenticate: Authenticator;
  readonly grants: Grants;
  /** Selects from the results that subscribers receive. */
  readonly deliverySchema: GraphQLSchema;
  readonly caching: Caching;
  readonly queryDepthLimit: number;
  /** Subscription fields by the mutation that triggers them. */
  readonly subscribers: ReadonlyMap<string, readonly string[]>;
}
