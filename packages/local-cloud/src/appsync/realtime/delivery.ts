import { type GraphQLSchema, isScalarType } from "graphql";
import type { DeclaredApi } from "../declared/index.ts";
import { type FieldSettings, installDelivery } from "../execute/fields.ts";
import { buildApiSchema } from "../schema/index.ts";

/**
 * The schema for subscribers' selections. Its fields have the values of the mutation's response, which are formatted
 * already, and no resolver runs. Rules of authorisation apply to each subscriber.
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
