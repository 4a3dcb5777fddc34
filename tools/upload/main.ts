import { existsSync } from "node:fs";
import { join } from "node:path";
import { DarkroomError, listAll, listAssets } from "../../packages/client/src/index.ts";
import { beforeEnd, parse, run, UsageError, wholeNumber } from "../../packages/local-cloud/src/command.ts";
import { findFiles } from "./files.ts";
import { Known } from "./known.ts";
import { createShow } from "./show.ts";
import { readTarget, signIn, stateFile } from "./target.ts";
import { uploadFiles } from "./upload-files.ts";

const usage = `npm run upload -- [flags] DIR | FILES
Uploads pictures, videos and PDFs, and folders of them. A file whose bytes are there already is not sent again, and a run
after an interruption sends only what is missing.
  --to FILE        the ready line of the local cloud, or the outputs of a stack
                   (pulumi stack output --json); - reads stdin   (the local cloud that runs here)
  --user NAME      who owns the pictures   (alice)
                   The password of another user than the local ones is in DARKROOM_PASSWORD, or is asked for.
  --concurrency N  uploads at the same time   (6)
  --state FILE     where it is kept what is there   (a file for each user below ~/.local/state/darkroom)
  --relist         list all assets again, such as after some were deleted
  --dry-run        only print what would be uploaded
  --json           a line of JSON for each file
  --help           print this
Exit code: 0 all is there, 1 a file or all failed, 2 a wrong argument, 130 interrupted.`;

const root = join(import.meta.dirname, "../..");

interface Flags {
  readonly paths: readonly string[];
  readonly to: string;
  readonly user: string;
  readonly concurrency: number;
  readonly state: string | undefined;
  readonly relist: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
}

async function main(args: readonly string[]): Promise<number> {
  const flags = readFlags(args);
  const target = readTarget(flags.to);
  const files = [...findFiles(flags.paths)];
  const account = await signIn(target, flags.user).catch((error: unknown) => {
    throw unreachable(error) ? new Error(`${target.graphqlUrl} cannot be reached. Does it run?`) : error;
  });
  const known = new Known(flags.state ?? stateFile(target, account.ownerId));
  if (flags.relist) {
    known.forgetAssets();
  }
  await known.update(() => listAll(listAssets, account.endpoint, { limit: 100 }));
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const show = createShow({ files: files.length, bytes }, flags);
  const started = performance.now();
  const end = new AbortController();
  const ended = Promise.withResolvers<undefined>();
  beforeEnd(() => {
    end.abort(new Error("Interrupted"));
    return ended.promise;
  });
  try {
    await uploadFiles(files, { account, known, signal: end.signal, ...flags }, show);
  } finally {
    show.summary(performance.now() - started);
    ended.resolve(undefined);
  }
  return show.failed() > 0 ? 1 : 0;
}

const unreachable = (error: unknown): boolean =>
  error instanceof DarkroomError && /^Network/.test(error.errorType);

function readFlags(args: readonly string[]): Flags {
  const { values, positionals: paths } = parse(
    args,
    {
      to: { type: "string" },
      user: { type: "string", default: "alice" },
      concurrency: { type: "string", default: "6" },
      state: { type: "string" },
      relist: { type: "boolean", default: false },
      "dry-run": { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
    true,
  );
  if (paths.length === 0) {
    throw new UsageError("Name a folder, or files");
  }
  const here = join(root, ".local", "ready.json");
  if (values.to === undefined && !existsSync(here)) {
    throw new UsageError("No local cloud runs here: start it by npm start, or name a stack with --to");
  }
  const { user, state, relist, json, "dry-run": dryRun } = values;
  const concurrency = wholeNumber("--concurrency", values.concurrency, 1, 64);
  return { paths, to: values.to ?? here, user, state, relist, json, dryRun, concurrency };
}

run(usage, main);
