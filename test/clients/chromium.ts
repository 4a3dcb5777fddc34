import { existsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium } from "playwright-core";

const installed = "/usr/bin/chromium";

/** Headless: what CHROMIUM names, or the one that npm brought (for Linux on x64), or the machine's. */
export const launchChromium = (args: string[]): Promise<Browser> =>
  startChromium((executablePath) => chromium.launch({ executablePath, args }));

export async function startChromium<Started>(
  start: (executablePath: string) => Promise<Started>,
): Promise<Started> {
  const named = process.env["CHROMIUM"];
  if (named !== undefined) {
    return start(named);
  }
  try {
    return await start(await unpacked());
  } catch (cause) {
    if (existsSync(installed)) {
      return start(installed);
    }
    throw new Error("No Chromium starts here: set CHROMIUM to the path of one.", { cause });
  }
}

/**
 * Unpacks it into the temporary folder, with the libraries that it needs and a small machine lacks. The package's own
 * arguments are left alone: they are Lambda's, and among them is the end of CORS.
 */
async function unpacked(): Promise<string> {
  const { default: bundled, inflate, setupLambdaEnvironment } = await import("@sparticuz/chromium");
  await inflate(fileURLToPath(new URL("../bin/al2023.tar.br", import.meta.resolve("@sparticuz/chromium"))));
  setupLambdaEnvironment(join(tmpdir(), "al2023", "lib"));
  const executable = await bundled.executablePath();
  useItsFonts();
  return executable;
}

/** Its own list of fonts names /tmp, whatever the temporary folder is, and without any font a page ends the browser. */
function useItsFonts(): void {
  const file = join(tmpdir(), "darkroom-fonts.conf");
  const folders = [join(tmpdir(), "fonts"), "/usr/share/fonts"].map((folder) => `<dir>${folder}</dir>`);
  const cache = `<cachedir>${join(tmpdir(), "fonts-cache")}</cachedir>`;
  writeFileSync(file, `<?xml version="1.0"?><fontconfig>${folders.join("")}${cache}</fontconfig>`);
  process.env["FONTCONFIG_FILE"] = file;
}
