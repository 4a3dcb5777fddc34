import { existsSync } from "node:fs";
import { join } from "node:path";
import { parse, readJson, run, UsageError, wholeNumber } from "../../packages/local-cloud/src/command.ts";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";
import { signIn } from "../../packages/local-cloud/src/sign-in.ts";
import { maxPictures, planLibrary } from "./plan.ts";
import { type Changes, seedLibrary } from "./seed.ts";

const usage = `npm run seed -- [flags]
Gives each local user of the running local cloud a library of pictures that it draws: some with titles or corrected
labels, some deleted, and an upload that is rejected. A second run changes only what differs.
  --to FILE      the ready line of the local cloud   (the local cloud that runs here)
  --user NAME    only this user
  --pictures N   pictures for each user, 1 to ${maxPictures}   (24)
  --help         print this
Exit code: 0 all is there, 1 failed, 2 a wrong argument.`;

const here = join(import.meta.dirname, "../..", ".local", "ready.json");

async function main(args: readonly string[]): Promise<number> {
  const { values } = parse(args, {
    to: { type: "string" },
    user: { type: "string" },
    pictures: { type: "string", default: "24" },
  });
  const pictures = wholeNumber("--pictures", values.pictures, 1, maxPictures);
  if (values.to === undefined && !existsSync(here)) {
    throw new UsageError("No local cloud runs here: start it by npm start, or name its ready line with --to");
  }
  const ready = readReady(values.to ?? here);
  const names = ready.users.map(({ username }) => username);
  if (values.user !== undefined && !names.includes(values.user)) {
    throw new UsageError(`--user must be one of ${names.join(", ")}, not ${values.user}`);
  }
  for (const [place, name] of names.entries()) {
    if (values.user === undefined || values.user === name) {
      const { token, sub } = await reach(ready, name);
      const plans = await planLibrary(place, pictures);
      const changes = await seedLibrary({ graphqlUrl: ready.graphqlUrl, token: () => token }, sub, plans);
      process.stdout.write(`${name}: ${wordsOf(changes)}\n`);
    }
  }
  return 0;
}

/** Throws `UsageError` for anything but a local cloud: nobody wants these pictures in a deployed stack. */
function readReady(file: string): Ready {
  const read = readJson("--to", file) as Partial<Ready> | null;
  const isLocal = [read?.graphqlUrl, read?.endpointUrl].every(isLoopback);
  if (!isLocal || !Array.isArray(read?.users) || typeof read.userPoolClientId !== "string") {
    throw new UsageError(`--to: ${file} is not the ready line of a local cloud`);
  }
  return read as Ready;
}

const isLoopback = (url: unknown): boolean =>
  typeof url === "string" &&
  URL.canParse(url) &&
  ["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname);

/** A local cloud that was killed leaves its ready line. */
async function reach(ready: Ready, username: string): ReturnType<typeof signIn> {
  return signIn(ready, username).catch((error: unknown) => {
    throw error instanceof TypeError
      ? new Error(`${ready.endpointUrl} cannot be reached. Does it run?`, { cause: error })
      : error;
  });
}

function wordsOf(changes: Changes): string {
  const words = Object.entries(changes).filter(([, count]) => count > 0);
  return words.length === 0 ? "unchanged" : words.map(([what, count]) => `${count} ${what}`).join(", ");
}

run(usage, main);
