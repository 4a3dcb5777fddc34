import { beforeEnd, parse, readJson, run, UsageError } from "../../packages/local-cloud/src/command.ts";
import { restoreDeletedTables } from "./deleted-tables.ts";
import { restoreObjects } from "./objects.ts";
import { restoreRows, type RestoredTable, restorable } from "./rows.ts";
import { clientsFor, type Stack, stackOf } from "./stack.ts";

const usage = `npm run restore -- rows | objects | deleted-tables [flags]
Restores what was lost, with the credentials and the region of AWS's usual variables. docs/restore.md explains each step.
  rows            puts rows back that a table had at a time and does not have now
    --at TIME       such as 2026-01-31T12:00:00Z, at most 35 days ago
    --table NAME    ${restorable.join(", ")}; may be repeated   (users, assets)
    --owner ID      only the rows of this user
  objects         puts objects back that were deleted; needs the credentials of the role restoreRole
    --at TIME       also puts back the version of that time of objects that were replaced since
    --owner ID      only the objects of this user
  deleted-tables  restores deleted tables under their names, from the backups that DynamoDB keeps
    --at TIME       takes the newest backup until then   (the newest)
Flags of all:
  --outputs FILE  the outputs of the stack (pulumi stack output --json), or the ready line of the local cloud
  --dry-run       only count
  --help          print this
Prints one line of JSON. Exit code: 0 done, 1 failed, 2 a wrong argument.`;

interface Flags {
  readonly what: "rows" | "objects" | "deleted-tables";
  readonly stack: Stack;
  readonly at: Date | undefined;
  readonly tables: readonly RestoredTable[];
  readonly owner: string | undefined;
  readonly dryRun: boolean;
}

async function main(args: readonly string[]): Promise<number> {
  const flags = readFlags(args);
  const clients = clientsFor();
  const end = new AbortController();
  beforeEnd(() => {
    end.abort(new Error("Interrupted"));
    return Promise.resolve();
  });
  try {
    const given = { ...flags, clients, signal: end.signal };
    const result =
      flags.what === "rows"
        ? await restoreRows({ ...given, at: flags.at ?? required("--at") })
        : flags.what === "objects"
          ? await restoreObjects(given)
          : await restoreDeletedTables(given);
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return 0;
  } finally {
    clients.close();
  }
}

function readFlags(args: readonly string[]): Flags {
  const { values, positionals } = parse(
    args,
    {
      at: { type: "string" },
      table: { type: "string", multiple: true },
      owner: { type: "string" },
      outputs: { type: "string" },
      "dry-run": { type: "boolean" },
    },
    true,
  );
  const [what = "", ...more] = positionals;
  if (more.length > 0 || (what !== "rows" && what !== "objects" && what !== "deleted-tables")) {
    throw new UsageError("Say what to restore: rows, objects or deleted-tables");
  }
  const tables = values.table ?? ["users", "assets"];
  const unknown = tables.find((table) => !(restorable as readonly string[]).includes(table));
  if (unknown !== undefined) {
    throw new UsageError(`--table must be one of ${restorable.join(", ")}, not ${JSON.stringify(unknown)}`);
  }
  if (what === "rows" && values.at === undefined) {
    required("--at");
  }
  return {
    what,
    stack: stackOf(readJson("--outputs", values.outputs ?? required("--outputs"))),
    at: values.at === undefined ? undefined : timeOf(values.at),
    tables: tables as RestoredTable[],
    owner: values.owner,
    dryRun: values["dry-run"] ?? false,
  };
}

function timeOf(text: string): Date {
  const time = new Date(text);
  // Without a zone it would be that of this machine.
  if (!/(Z|[+-]\d\d:\d\d)$/.test(text) || Number.isNaN(time.getTime()) || time.getTime() > Date.now()) {
    throw new UsageError(
      `--at must be a past time with its zone, such as 2026-01-31T12:00:00Z, not ${JSON.stringify(text)}`,
    );
  }
  return time;
}

function required(flag: string): never {
  throw new UsageError(`${flag} is missing`);
}

run(usage, main);
