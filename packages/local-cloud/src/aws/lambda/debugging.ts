import { appendFileSync } from "node:fs";
import inspector from "node:inspector";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Whether this process was started with `--inspect`, as editors do. */
export const isDebugged = (): boolean => inspector.url() !== undefined;

/** Tells a debugger where the sources of unpacked files are. On AWS, files have no such line. */
export function nameSourceMaps(taskRoot: string, maps: ReadonlyMap<string, string>): void {
  for (const [name, map] of maps) {
    appendFileSync(join(taskRoot, name), `\n//# sourceMappingURL=${pathToFileURL(map).href}\n`);
  }
}
