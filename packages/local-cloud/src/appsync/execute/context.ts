import type { GraphQLResolveInfo } from "graphql";
import type { Execution } from "../model/execution.ts";
import type { ResolverContext } from "../model/handlers.ts";
import { selectionOf } from "./selection.ts";

/** The parts of ctx that change from handler to handler. */
export type State = {
  -readonly [Part in "stash" | "prev" | "result" | "error"]: ResolverContext[Part];
};

/** The parts of ctx that are the same for all handlers of a field. */
export interface FieldParts {
  readonly source: unknown;
  readonly args: Readonly<Record<string, unknown>>;
  readonly execution: Execution;
  readonly info: GraphQLResolveInfo;
}

export function contextOf({ source, args, execution, info }: FieldParts, state: State): ResolverContext {
  const { selectionSetList, selectionSetGraphQL } = selectionOf(info);
  const { stash, prev, result, error } = state;
  return {
    arguments: args,
    identity: execution.caller.identity,
    source: source ?? null,
    request: execution.request,
    info: {
      fieldName: info.fieldName,
      parentTypeName: info.parentType.name,
      variables: execution.variables,
      selectionSetList,
      selectionSetGraphQL,
    },
    stash,
    prev,
    ...(result !== undefined && { result }),
    ...(error && { error }),
    env: {},
  };
}
