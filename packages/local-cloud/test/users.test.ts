import { expect, it } from "@jest/globals";
import { localUsers } from "../src/users.ts";
import { temporaryStorage } from "./aws/graph.ts";

const required = (...names: readonly string[]) =>
  names.map((name) => ({ name, attributeDataType: "String", required: true }));

it.each([
  ["of any pool", {}, "alice", {}],
  ["where people sign in by mail", { usernameAttributes: ["email"] }, "alice@example.com", {}],
  ["where people sign in by phone", { usernameAttributes: ["phone_number"] }, "+12025550100", {}],
  [
    "with required attributes",
    { schemas: [...required("email", "name", "birthdate"), { name: "team", attributeDataType: "String" }] },
    "alice",
    { email: "alice@example.com", name: "alice", birthdate: "2000-01-01" },
  ],
])("the user %s", (_, pool, username, attributes) => {
  const [user, ...others] = localUsers(temporaryStorage(), pool);
  expect(user).toEqual({ username, groups: [], attributes, password: expect.stringMatching(/^Aa1-/) });
  expect(others).toEqual([]);
});

it("declared users keep what is declared, and get what is missing", () => {
  const wanted = [{ username: "bob", groups: ["admin"], attributes: { name: "Bob Stone" } }];
  const [bob] = localUsers(temporaryStorage(), { schemas: required("name", "email") }, wanted);
  expect(bob).toMatchObject({
    ...{ username: "bob", groups: ["admin"] },
    attributes: { name: "Bob Stone", email: "bob@example.com" },
  });
});

it("a password stays the same in a data folder", () => {
  const storage = temporaryStorage();
  const [first, second] = [localUsers(storage, {}), localUsers(storage, {})];
  expect(second).toEqual(first);
});
