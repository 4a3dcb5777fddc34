import { SourceMap } from "node:module";

type Payload = ConstructorParameters<typeof SourceMap>[0];

/**
 * Where a place of deployed code stands in its author's source, as `resolvers/Query.me.ts:12:5`, by the source map
 * that the code carries; undefined without one. Lines and columns count from 1.
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
    // A map that cannot be read is no reason to fail: the place in the deployed code is told anyway.
    return undefined;
  }
}
