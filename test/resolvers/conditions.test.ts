import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { resolverNames } from "../../infra/bundle.ts";
import type { ResolverContext } from "../../packages/local-cloud/src/appsync/model/handlers.ts";
import { anAsset } from "../support/asset.ts";
import { root } from "../support/program.ts";
import { admin, assetId, conditionFailure, errorOf, run, valueOf } from "../support/resolver.ts";

/** How AppSync may answer a conditional write whose condition does not hold. */
interface Answer {
  readonly result: unknown;
  readonly error?: { readonly message: string; readonly type: string };
}

interface Write {
  /** The resolver or pipeline function that writes. */
  readonly name: string;
  readonly context: Partial<ResolverContext>;
  /** What stands in the table when the condition fails. */
  readonly current: unknown;
  /** The steps that follow, and the error with which they end. */
  readonly then: readonly string[];
  readonly ends: string;
  /** What the steps after it read. */
  readonly read: unknown;
}

const user = { id: "alice-sub", name: "Alice", version: 3, createdAt: "", updatedAt: "" };
const change = { id: assetId, from: ["RECEIVED"], set: { state: "UPLOADED" }, refusal: "needs RECEIVED" };
const limits = { maxAssets: 10, maxBytes: 1000, maxChangesADay: 3, maxRelabelsADay: 2 };
const creating = (clientToken: string | null) => ({
  stash: { asset: anAsset(), clientToken, fingerprint: "input", limits },
});

const cancels = (...types: string[]) => ({ cancellationReasons: types.map((type) => ({ type })) });
const cancelled = cancels("None", "None", "ConditionalCheckFailed");

/** Each conditional write of the API, and what a caller is to be answered when its condition does not hold. */
const writes: readonly Write[] = [
  {
    name: "Mutation.createUser",
    context: { arguments: { input: { name: "Alice" } } },
    ...{ current: user, then: [], ends: "Conflict", read: null },
  },
  {
    name: "Mutation.deleteUser",
    context: { arguments: { id: "alice-sub" } },
    ...{ current: null, then: [], ends: "NotFound", read: null },
  },
  {
    name: "changeUser",
    context: { arguments: { input: { id: "alice-sub", name: "Alice", expectedVersion: 2 } } },
    ...{ current: user, then: ["explainUserRefusal"], ends: "VersionConflict", read: user },
  },
  {
    name: "changeUser",
    context: { arguments: { input: { id: "alice-sub", name: "Alice" } } },
    ...{ current: null, then: ["explainUserRefusal"], ends: "NotFound", read: null },
  },
  {
    name: "changeAsset",
    context: { stash: { change } },
    ...{ current: anAsset(), then: ["explainRefusal"], ends: "StateConflict", read: anAsset() },
  },
  {
    name: "countChange",
    context: { stash: { limits } },
    ...{ current: { count: 3 }, then: [], ends: "QuotaExceeded", read: null },
  },
  {
    name: "countRelabel",
    context: { stash: { limits }, arguments: { id: assetId } },
    ...{ current: { count: 2 }, then: [], ends: "QuotaExceeded", read: null },
  },
  {
    name: "changeAsset",
    context: { stash: { change } },
    ...{ current: null, then: ["explainRefusal"], ends: "NotFound", read: null },
  },
];

/** Runs the response handler with AppSync's answer, then the steps that follow; gives the error or the value. */
function endOf({ name, context, then, read }: Write, answer: Answer): unknown {
  let outcome = run(name, "response", { ...context, ...answer });
  for (const step of then) {
    if (errorOf(outcome) !== undefined) {
      break;
    }
    const prev = { result: valueOf(outcome) };
    const asked = run(step, "request", { ...context, stash: outcome.stash, prev });
    outcome =
      asked.end.kind === "early"
        ? asked
        : run(step, "response", { ...context, stash: outcome.stash, prev, result: read });
  }
  return errorOf(outcome) ?? { value: valueOf(outcome) };
}

describe("a conditional write whose condition does not hold", () => {
  it("is tried here for each resolver and function that makes one", () => {
    const conditional = resolverNames().filter((name) =>
      /^\s+condition\b|\bcondition[:,]/m.test(readFileSync(join(root, "resolvers", `${name}.ts`), "utf8")),
    );
    const counting = ["countChange", "countRelabel"];
    // A change of an erasure that is refused ends in the erasure as it is: see test/e2e/erasure.
    const tried = new Set([...writes.map(({ name }) => name), "reserveAsset", "changeErasure"]);
    expect([...conditional, ...counting].toSorted()).toEqual([...tried].sort());
  });

  it.each(writes)("of $name ends in $ends, whatever item AppSync gives with the error", (write) => {
    expect(endOf(write, { result: write.current, error: conditionFailure })).toBe(write.ends);
    expect(endOf(write, { result: null, error: conditionFailure })).toBe(write.ends);
  });

  // AppSync takes a failed condition for a success when the item is as it would be after the write, such as
  // the removal of what is not there, and gives null.
  it.each(writes)("of $name is never null without an error", (write) => {
    expect(endOf(write, { result: null })).toEqual(expect.any(String));
  });

  it.each(writes)("of $name is Internal if the write failed otherwise", (write) => {
    const error = { message: "slow down", type: "DynamoDB:ProvisionedThroughputExceededException" };
    expect(endOf(write, { result: null, error })).toBe("Internal");
  });
});

describe("reserveAsset, whose id is new", () => {
  it("is Internal if there is such an asset", () => {
    const answer = { result: anAsset(), error: conditionFailure };
    expect(errorOf(run("reserveAsset", "response", { ...creating(null), ...answer }))).toBe("Internal");
  });

  it("gives the asset if AppSync finds it as it was to be written: the first answer was lost", () => {
    expect(valueOf(run("reserveAsset", "response", { ...creating(null), result: null }))).toEqual(anAsset());
  });

  it("goes on to the token's asset if the token was used, and is Internal if the row was the reason", () => {
    const error = { message: "cancelled", type: "DynamoDB:TransactionCanceledException" };
    const reserved = run("reserveAsset", "response", { ...creating("token"), error, result: cancelled });
    expect(reserved.stash).toMatchObject({ replay: true });
    const other = { error, result: cancels("ConditionalCheckFailed", "None", "None") };
    expect(errorOf(run("reserveAsset", "response", { ...creating("token"), ...other }))).toBe("Internal");
    expect(errorOf(run("reserveAsset", "response", { ...creating("token"), error, result: null }))).toBe(
      "Internal",
    );
  });
});

describe("reserveAsset, whose owner has limits", () => {
  const error = { message: "cancelled", type: "DynamoDB:TransactionCanceledException" };
  const answer = (stash: object, result: object) =>
    run("reserveAsset", "response", { stash: { ...creating(null).stash, ...stash }, error, result });

  it("names the limit that is reached", () => {
    const reached = (item: object | null) => {
      const result = { cancellationReasons: [{ type: "None" }, { type: "ConditionalCheckFailed", item }] };
      const { end } = answer({}, result);
      return end.kind === "error" ? `${end.error.errorType ?? ""} ${end.error.message}` : undefined;
    };
    expect(reached({ assets: 10, bytes: 1 })).toMatch(/^QuotaExceeded maxAssets: you have 10 of 10 assets/);
    expect(reached({ assets: 9, bytes: 999 })).toMatch(/^QuotaExceeded maxBytes: .* your 1000 bytes/);
    expect(reached(null)).toMatch(/^QuotaExceeded maxBytes/);
  });

  it("tries once more if another transaction was under way, and is then Internal", () => {
    const conflict = cancels("None", "TransactionConflict");
    const first = answer({}, conflict);
    expect(valueOf(first)).toBeNull();
    expect(first.stash).toMatchObject({ tried: true });
    expect(valueOf(run("reserveAsset", "request", { ...creating(null), stash: first.stash }))).toMatchObject({
      operation: "TransactWriteItems",
    });
    expect(errorOf(answer(first.stash, conflict))).toBe("Internal");
  });

  it("does nothing the second time if the first has written, or has found the token's asset", () => {
    const written = run("reserveAsset", "response", { ...creating(null), result: {} });
    for (const { stash } of [written, answer({ clientToken: "t" }, cancelled)]) {
      expect(run("reserveAsset", "request", { stash, prev: { result: "kept" } }).end).toMatchObject({
        kind: "early",
        value: "kept",
      });
    }
  });
});

describe("what an administrator changes", () => {
  it("is refused with the same words", () => {
    const context = { arguments: { id: "gone" }, identity: admin, result: null };
    expect(errorOf(run("Mutation.deleteUser", "response", context))).toBe("NotFound");
  });
});
