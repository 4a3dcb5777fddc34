import { SourceMap } from "node:module";

type Payload = ConstructorParameters<typeof SourceMap>[0];

/**
 * The place in the author's source, such as `resolvers/Query.me.ts:12:5`, of a place in deployed code, by the source map
 * in the code; undefined without a source map. Lines and columns start at 1.
 */
export function sourcePlace(code: string, line: number, column: number): string | undefined {
  const [, encoded] =
    /^\/\/# sourceMappingURL=data:application\/json[^,]*;base64,(\S+)\s*$/m.exec(code) ?? [];
  if (encoded === undefined) {
    return undefined;
  }
  try {
    const map = new SourceMap(JSON.parse(Buffer.from(encoded, "base64").toString("utf8")) as Payload);
    const entry = map.findEntry(line - 1, column - 1);
    return "originalSource" in entry
      ? `${entry.originalSource}:${entry.originalLine + 1}:${entry.originalColumn + 1}`
      : undefined;
  } catch {
    // An unreadable map is not an error: callers still have the place in the deployed code.
    return undefined;
  }
}
