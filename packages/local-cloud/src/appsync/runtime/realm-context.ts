import type { ResolverContext } from "../model/handlers.ts";

/** `ctx` as the code sees it. Runs in the sandbox, under the rules of `sandbox.ts`. */
export type MakeContext = (context: ResolverContext) => Readonly<Record<string, unknown>>;

/**
 * Copies the context. `args` is the same object as `arguments`. The selection set can be read, but
 * `JSON.stringify(ctx.info)` leaves it out, as on AWS.
 */
export function makeContextOf(copy: (value: unknown) => unknown): MakeContext {
  const { defineProperty, freeze } = Object;
  const hide = (info: unknown, name: string, value: unknown) => {
    defineProperty(info, name, { value: copy(value), enumerable: false });
  };
  return (context) => {
    const { selectionSetList, selectionSetGraphQL, ...rest } = context.info;
    const args = copy(context.arguments);
    const info = copy(rest);
    hide(info, "selectionSetList", selectionSetList);
    hide(info, "selectionSetGraphQL", selectionSetGraphQL);
    const made: Record<string, unknown> = {
      arguments: args,
      args,
      identity: copy(context.identity),
      source: copy(context.source),
      request: copy(context.request),
      info,
      stash: copy(context.stash),
      prev: copy(context.prev),
      env: copy(context.env),
    };
    if ("result" in context) {
      made["result"] = copy(context.result);
    }
    if (context.error !== undefined) {
      made["error"] = copy(context.error);
    }
    return freeze(made);
  };
}
