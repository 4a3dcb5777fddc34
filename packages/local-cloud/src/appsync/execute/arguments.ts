import { type GraphQLResolveInfo, isNonNullType, Kind, type ValueNode } from "graphql";

type Args = Readonly<Record<string, unknown>>;

/**
 * The arguments that AppSync passes to code. They lack the defaults of the schema (aws/aws-appsync-community#59, #271),
 * and a variable that the request omits is null where the document uses it, also in input objects (#348, #394).
 * graphql-js sets the defaults and omits the variables. The default of a non-null argument stays, because it is not
 * known what AppSync does with it.
 */
export function argumentsAsSent(
  args: Args,
  { parentType, fieldName, fieldNodes, variableValues }: GraphQLResolveInfo,
): Args {
  const declared = parentType.getFields()[fieldName]?.args ?? [];
  const written = new Map(fieldNodes[0]?.arguments?.map(({ name, value }) => [name.value, value]));
  const sent: Record<string, unknown> = {};
  for (const { name, type } of declared) {
    const value = written.get(name);
    const isFixed = isNonNullType(type);
    if (value !== undefined && !isFixed && isOmitted(value, variableValues)) {
      sent[name] = null;
    } else if (value !== undefined) {
      sent[name] = withNulls(args[name], value, variableValues);
    } else if (isFixed) {
      sent[name] = args[name];
    }
  }
  return sent;
}

const isOmitted = (value: ValueNode, variables: Args): boolean =>
  value.kind === Kind.VARIABLE && !Object.hasOwn(variables, value.name.value);

/** A coerced value with null for each variable in its text that the request omits. */
function withNulls(value: unknown, text: ValueNode, variables: Args): unknown {
  if (text.kind === Kind.LIST && Array.isArray(value)) {
    return value.map((item: unknown, index) => {
      const node = text.values[index];
      return node ? withNulls(item, node, variables) : item;
    });
  }
  if (text.kind !== Kind.OBJECT || typeof value !== "object" || value === null) {
    return value;
  }
  const fields: Record<string, unknown> = { ...value };
  for (const { name, value: node } of text.fields) {
    fields[name.value] = isOmitted(node, variables) ? null : withNulls(fields[name.value], node, variables);
  }
  return fields;
}
