import { spawn } from "node:child_process";
import { uploadAll } from "../../packages/client/src/index.ts";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";
import { signIn } from "../../packages/local-cloud/src/sign-in.ts";
import { drawScene } from "./scenes.ts";

const pictures = 12;

/** Fills a user's gallery with pictures that it draws, and opens it in the browser of this machine. */
export async function openGallery(
  ready: Ready,
  username: string,
  say: (line: string) => void,
): Promise<void> {
  const url = ready.sites[0]?.url;
  const password = ready.users.find((user) => user.username === username)?.password;
  if (url === undefined || password === undefined) {
    throw new Error("The program has no gallery");
  }
  const { token } = await signIn(ready, username);
  const endpoint = { graphqlUrl: ready.graphqlUrl, token: () => token };
  const scenes = await Promise.all(Array.from({ length: pictures }, (_, number) => drawScene(number)));
  const outcomes = await uploadAll(
    endpoint,
    scenes.map(({ name, bytes }) => ({
      file: new File([Uint8Array.from(bytes)], name, { type: "image/jpeg" }),
    })),
  );
  const failed = outcomes.find(({ status }) => status === "failed");
  if (failed?.status === "failed") {
    throw failed.error;
  }
  say(`Uploaded ${outcomes.length} pictures`);
  say(`Gallery: ${url}   (user ${username}, password ${password}). Ctrl-C stops it.`);
  openInBrowser(url);
}

/** Does nothing without a terminal, as in CI. Without a browser, the printed address is enough. */
function openInBrowser(url: string): void {
  if (!process.stdout.isTTY) {
    return;
  }
  const [command, ...args] =
    { darwin: ["open"], win32: ["cmd", "/c", "start"] }[process.platform as string] ??
    (["xdg-open"] as const);
  const browser = spawn(command ?? "", [...args, url], { detached: true, stdio: "ignore" });
  browser.on("error", () => undefined);
  browser.unref();
}
