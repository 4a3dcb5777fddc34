import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { parse, valueFromASTUntyped, visit } from "graphql";
import { root } from "../support/program.ts";
import { admin, assetId, run } from "../support/resolver.ts";

/** Every argument that has a default in schema.graphql, by its field. */
function defaults(): { field: string; argument: string; value: unknown; says: string }[] {
  const found: { field: string; argument: string; value: unknown; says: string }[] = [];
  visit(parse(readFileSync(join(root, "schema.graphql"), "utf8")), {
    ObjectTypeDefinition: (type) => {
      for (const field of type.fields ?? []) {
        for (const { name, defaultValue, description } of field.arguments ?? []) {
          if (defaultValue) {
            found.push({
              field: `${type.name.value}.${field.name.value}`,
              argument: name.value,
              value: valueFromASTUntyped(defaultValue),
              says: description?.value ?? "",
            });
          }
        }
      }
      return false;
    },
  });
  return found;
}

const source = { ownerId: "alice-sub", id: assetId, contentType: "image/jpeg", state: "RECEIVED" };

/** What a resolver asks for, or leaves to the functions of its pipeline. */
function asked(field: string, given: object) {
  const context = { arguments: { assetId, label: "cat", ...given }, identity: admin, source };
  const { end, stash } = run(field, "request", context);
  return { ...end, stash };
}

/** AppSync does not pass the schema's defaults to resolvers (aws/aws-appsync-community#59, #271). */
describe("an argument's default", () => {
  it("is there to be tested", () => {
    expect(defaults().length).toBeGreaterThanOrEqual(6);
  });

  it.each(defaults())("of $field($argument) is the resolver's own", ({ field, argument, value }) => {
    const explicit = asked(field, { [argument]: value });
    expect(explicit.kind).not.toBe("error");
    expect(asked(field, {})).toEqual(explicit);
    expect(asked(field, { [argument]: null })).toEqual(explicit);
  });

  it.each(defaults())("of $field($argument) is in its description", ({ value, says }) => {
    expect(says).toContain(`Default: ${String(value)}.`);
  });
});
