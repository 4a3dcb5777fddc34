import { type GraphQLResolveInfo, isNonNullType, Kind, type ValueNode } from "graphql";

type Args = Readonly<Record<string, unknown>>;

/**
 * The arguments as AppSync hands them to code. The schema's defaults are not among them
 * (aws/aws-appsync-community#59, #271), and a variable that the request leaves out stands as null wherever the document
 * uses it, in input objects too (#348, #394). graphql-js fills in the ones and leaves out the others. A default of an
 * argument that may not be null stays: nothing is known of it.
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
    if (value !== undefined && !isFixed && isLeftOut(value, variableValues)) {
      sent[name] = null;
    } else if (value !== undefined) {
      sent[name] = withNulls(args[name], value, variableValues);
    } else if (isFixed) {
      sent[name] = args[name];
    }
  }
  return sent;
}

const isLeftOut = (value: ValueNode, variables: Args): boolean =>
  value.kind === Kind.VARIABLE && !Object.hasOwn(variables, value.name.value);

/** A coerced value with null for each variable in its text that was left out. */
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
    fields[name.value] = isLeftOut(node, variables) ? null : withNulls(fields[name.value], node, variables);
  }
  return fields;
}
