/** The size of an item in bytes, as DynamoDB counts it for capacity: names, values, and a little for each container. */
export function sizeOf(item: unknown): number {
  return Object.entries((item ?? {}) as Readonly<Record<string, Readonly<Record<string, unknown>>>>).reduce(
    (size, [name, value]) => size + Buffer.byteLength(name) + sizeOfValue(value),
    0,
  );
}

/** For a list or a map, and for each of its elements. */
const container = 3;
const element = 1;

function sizeOfValue(value: Readonly<Record<string, unknown>>): number {
  const [type = "", inner] = Object.entries(value)[0] ?? [];
  switch (type) {
    case "S":
      return Buffer.byteLength(inner as string);
    case "N":
      return Math.ceil((inner as string).length / 2) + 1;
    case "B":
      return Buffer.byteLength(inner as string, "base64");
    case "SS":
    case "NS":
    case "BS":
      return (inner as string[]).reduce((sum, each) => sum + sizeOfValue({ [type[0] ?? ""]: each }), 0);
    case "L":
      return (inner as Readonly<Record<string, unknown>>[]).reduce(
        (sum, each) => sum + element + sizeOfValue(each),
        container,
      );
    case "M":
      return container + Object.keys(inner as object).length * element + sizeOf(inner);
    default:
      return 1;
  }
}
