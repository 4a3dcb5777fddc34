import { type GraphQLSchema, isScalarType } from "graphql";
import type { DeclaredApi } from "../declared/index.ts";
import { type FieldSettings, installDelivery } from "../execute/fields.ts";
import { buildApiSchema } from "../schema/index.ts";

/**
 * The schema that subscribers' selections run on: its fields are what the mutation answered, formatted already,
 * so nothing is resolved again. Rules of authorisation hold for each subscriber.
 */
export function buildDeliverySchema(
  { schema: sdl, ...api }: Pick<DeclaredApi, "schema" | "type" | "name">,
  settings: Pick<FieldSettings, "ruleOf" | "denies">,
): GraphQLSchema {
  const schema = buildApiSchema(sdl, api);
  for (const type of Object.values(schema.getTypeMap())) {
    if (isScalarType(type) && type.name.startsWith("AWS")) {
      type.serialize = (value) => value;
    }
  }
  installDelivery(schema, settings);
  return schema;
}
