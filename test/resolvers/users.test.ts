import { describe, expect, it } from "@jest/globals";
import { admin, conditionFailure, errorOf, run, valueOf } from "../support/resolver.ts";

const create = (input: object, identity?: object) =>
  run("Mutation.createUser", "request", { arguments: { input }, ...(identity && { identity }) });

const update = (input: object) => run("Mutation.updateUser", "request", { arguments: { input } });

describe("Mutation.createUser", () => {
  it("creates the caller's own profile, and never over another", () => {
    expect(valueOf(create({ name: "Alice" }))).toMatchObject({
      operation: "PutItem",
      key: { id: { S: "alice-sub" } },
      attributeValues: { name: { S: "Alice" }, version: { N: 1 } },
      condition: { expression: "attribute_not_exists(id)" },
    });
  });

  it("makes one name of two", () => {
    expect(valueOf(create({ firstName: "Ada", lastName: "Lovelace" }))).toMatchObject({
      attributeValues: { name: { S: "Ada Lovelace" }, firstName: { S: "Ada" }, lastName: { S: "Lovelace" } },
    });
  });

  it("lets admins, and nobody else, give an id", () => {
    expect(create({ id: "bob-sub", name: "Bob" }).end).toMatchObject({ unauthorized: true });
    expect(valueOf(create({ id: "bob-sub", name: "Bob" }, admin))).toMatchObject({
      key: { id: { S: "bob-sub" } },
    });
  });

  it.each([{}, { firstName: "Ada" }, { name: " " }, { name: "A", firstName: "B", lastName: "C" }])(
    "refuses %j",
    (input) => {
      expect(errorOf(create(input))).toBe("ValidationError");
    },
  );

  it("is Conflict for an id that is taken", () => {
    expect(errorOf(run("Mutation.createUser", "response", { error: conditionFailure }))).toBe("Conflict");
  });
});

describe("Mutation.updateUser", () => {
  const change = (input: object) =>
    valueOf(run("changeUser", "request", { arguments: { input: { id: "alice-sub", ...input } } })) as {
      update: { expression: string; expressionNames: object; expressionValues: object };
      condition: { expression: string };
    };

  it("changes what is given and nothing else", () => {
    const { update: written } = change({ email: "a@example.com" });
    expect(written.expression).toBe("SET #updatedAt = :updatedAt, #email = :email ADD #version :one");
  });

  it("removes an address when asked to, and the parts of a name that is whole", () => {
    expect(change({ removeEmail: true, name: "Ada" }).update.expression).toMatch(
      /REMOVE #firstName, #lastName, #email$/,
    );
  });

  it("keeps what is null: a variable that was left out arrives so", () => {
    const nothing = { name: null, firstName: null, lastName: null, email: null, removeEmail: null };
    expect(change({ ...nothing, expectedVersion: null })).toMatchObject({
      update: { expression: "SET #updatedAt = :updatedAt ADD #version :one" },
      condition: { expression: "attribute_exists(#id)" },
    });
  });

  it("refuses an address that is both given and removed", () => {
    const input = { id: "alice-sub", email: "a@example.com", removeEmail: true };
    expect(errorOf(update(input))).toBe("ValidationError");
  });

  it("uses every placeholder that it declares", () => {
    for (const input of [
      {},
      { name: "A" },
      { firstName: "A", lastName: "B" },
      { removeEmail: true, expectedVersion: 3 },
    ]) {
      const { update: written, condition } = change(input);
      const used = `${written.expression} ${condition.expression}`;
      const placeholders = [
        ...Object.keys(written.expressionNames),
        ...Object.keys(written.expressionValues),
      ];
      expect(placeholders.filter((placeholder) => !used.includes(placeholder))).toEqual([]);
    }
  });

  it("holds only for a user that exists, in the version seen", () => {
    expect(change({}).condition.expression).toBe("attribute_exists(#id)");
    expect(change({ expectedVersion: 0 }).condition.expression).toContain("#version = :expected");
    expect(change({ expectedVersion: 2 }).condition.expression).toBe(
      "attribute_exists(#id) AND #version = :expected",
    );
  });

  it("distinguishes a missing user from another version", () => {
    const stash = { refused: true };
    const explain = (result: unknown) => errorOf(run("explainUserRefusal", "response", { stash, result }));
    expect(explain(null)).toBe("NotFound");
    expect(explain({ version: 4 })).toBe("VersionConflict");
  });

  it("is NotFound for another's profile", () => {
    expect(errorOf(update({ id: "bob-sub", name: "B" }))).toBe("NotFound");
    expect(errorOf(update({ id: "alice-sub", firstName: "A" }))).toBe("ValidationError");
  });
});

describe.each(["Query.getUser", "Mutation.deleteUser"])("%s", (name) => {
  it("is NotFound for another's profile and for an empty id", () => {
    expect(errorOf(run(name, "request", { arguments: { id: "bob-sub" } }))).toBe("NotFound");
    expect(errorOf(run(name, "request", { arguments: { id: "" }, identity: admin }))).toBe("NotFound");
    expect(errorOf(run(name, "request", { arguments: { id: "bob-sub" }, identity: admin }))).toBeUndefined();
  });
});

describe.each(["Query.getUser", "Mutation.deleteUser"])("%s of a user that is not there", (name) => {
  it("is NotFound though AppSync reports no error", () => {
    expect(errorOf(run(name, "response", { result: null }))).toBe("NotFound");
  });

  it("is the user if there is one", () => {
    expect(valueOf(run(name, "response", { result: { id: "alice-sub" } }))).toEqual({ id: "alice-sub" });
  });
});

describe("Query.me", () => {
  it("is the caller's profile, or null", () => {
    expect(valueOf(run("Query.me", "request"))).toMatchObject({ key: { id: { S: "alice-sub" } } });
    expect(valueOf(run("Query.me", "response", { result: null }))).toBeNull();
  });
});

describe("Query.listUsers", () => {
  it("reads a page", () => {
    expect(valueOf(run("Query.listUsers", "request", { arguments: { limit: 5, nextToken: "t" } }))).toEqual({
      operation: "Scan",
      limit: 5,
      nextToken: "t",
    });
    expect(errorOf(run("Query.listUsers", "request", { arguments: { limit: 0 } }))).toBe("ValidationError");
  });
});

describe("User.failingCallbacks", () => {
  it("reads the receivers of the user that is shown, and of no other", () => {
    expect(valueOf(run("User.failingCallbacks", "request", { source: { id: "bob-sub" } }))).toEqual({
      operation: "Query",
      query: {
        expression: "ownerId = :owner AND begins_with(id, :receivers)",
        expressionValues: { ":owner": { S: "bob-sub" }, ":receivers": { S: "receiver#" } },
      },
      filter: { expression: "attribute_exists(failure)" },
      limit: 100,
    });
  });

  it("shows what failed, and nothing of how the table keeps it", () => {
    const failure = { at: "2026-01-01T00:00:00.000Z", assetId: "a", messageId: "msg_a_7" };
    const row = { ownerId: "bob-sub", id: "receiver#x", url: "https://a.b/", gone: true, failure };
    expect(valueOf(run("User.failingCallbacks", "response", { result: { items: [row] } }))).toEqual([
      { url: "https://a.b/", gone: true, at: failure.at, deliveryId: "msg_a_7", assetId: "a" },
    ]);
    const error = { type: "DynamoDB:AccessDeniedException", message: "arn:aws:dynamodb" };
    expect(errorOf(run("User.failingCallbacks", "response", { error }))).toBe("Internal");
  });
});

describe("an id that the tables use for all users together", () => {
  it.each(["#all", "#admins", "#purged"])("is nobody's, also for admins: %s", (id) => {
    for (const name of ["Mutation.eraseUser", "Mutation.deleteUser"]) {
      expect(errorOf(run(name, "request", { arguments: { id }, identity: admin }))).toBe("NotFound");
    }
  });
});
