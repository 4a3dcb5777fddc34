import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { root } from "../support/program.ts";
import { commandsOf, followed } from "../support/runbook.ts";
import { pagesNamedIn, problemsOf } from "./references.ts";

const filesOf = (pattern: string): string[] =>
  globSync(pattern, {
    cwd: root,
    exclude: (name) => /(?:^|\/)(?:node_modules|dist|\.git|\.local)$/.test(name),
  });

const pages = filesOf("**/*.md");

describe("a page of documentation", () => {
  it("exists", () => {
    expect(pages.length).toBeGreaterThan(40);
    expect(pages).toEqual(expect.arrayContaining(["README.md", "docs/restore.md"]));
  });

  it.each(pages)("%s names only files, anchors, scripts and flags that exist", (page) => {
    expect(problemsOf(page, readFileSync(join(root, page), "utf8"))).toEqual([]);
  });
});

/** Commands of AWS's command line that runbook pages have, and no test runs. */
const byHand = [
  ...["cloudtrail lookup-events", "cloudwatch describe-alarms", "cognito-idp admin-disable-user"],
  ...["dynamodb list-tables", "dynamodb scan", "dynamodb update-contributor-insights"],
  ...["dynamodb update-item", "dynamodb update-table", "dynamodbstreams describe-stream"],
  ...["dynamodbstreams get-records", "dynamodbstreams get-shard-iterator"],
  ...[
    "iam simulate-principal-policy",
    "lambda invoke",
    "s3 cp",
    "sqs get-queue-url",
    "sqs list-message-move-tasks",
  ],
  ...["sqs receive-message", "sqs send-message", "sqs start-message-move-task", "xray get-trace-summaries"],
];

describe("a runbook page", () => {
  it.each(filesOf("docs/runbook/*.md"))("%s has only commands that exist", (page) => {
    const names = commandsOf(readFileSync(join(root, page), "utf8")).map(([service, name]) =>
      [service, name].join(" "),
    );
    expect(names.filter((name) => !followed.includes(name) && !byHand.includes(name))).toEqual([]);
  });

  it.each(filesOf("docs/runbook/*.md"))("%s sets each variable in the block that uses it", (page) => {
    const blocks = readFileSync(join(root, page), "utf8").matchAll(/```sh\n(.*?)```/gs);
    const unset = [...blocks].flatMap(([, block = ""]) =>
      [...block.matchAll(/\$\{?([A-Z]\w*)/g)]
        .map(([, name = ""]) => name)
        .filter((name) => !new RegExp(`^\\s*${name}=`, "m").test(block)),
    );
    expect(unset).toEqual([]);
  });
});

describe("the README", () => {
  it("leads to each page in docs/ by links", () => {
    const seen = new Set<string>();
    const follow = (page: string): void => {
      seen.add(page);
      const found = readFileSync(join(root, page), "utf8").matchAll(/\]\(([^):#]+\.md)/g);
      for (const [, link = ""] of found) {
        const next = join(dirname(page), link);
        if (!seen.has(next)) {
          follow(next);
        }
      }
    };
    follow("README.md");
    const reachable = (page: string) => seen.has(page) || page.startsWith("docs/adr/");
    expect(filesOf("docs/**/*.md").filter((page) => !reachable(page))).toEqual([]);
  });
});

describe("a page that code or settings name", () => {
  it("exists", () => {
    const named = filesOf(
      "{*,{domain,functions,infra,packages,resolvers,tools}/**/*}.{ts,yaml,graphql}",
    ).flatMap((file) => pagesNamedIn(readFileSync(join(root, file), "utf8")).map((page) => ({ file, page })));
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter(({ page }) => !existsSync(join(root, page)))).toEqual([]);
  });
});

describe("a reference to what does not exist is found:", () => {
  it.each([
    ["a link", "[a](missing.md)", "no file missing.md"],
    ["a link out of the repository", "[a](../../README.md)", "no file ../../README.md"],
    ["an anchor of the page", "[a](#nowhere)", "no anchor #nowhere"],
    ["an anchor of another page", "[a](restore.md#nowhere)", "no anchor restore.md#nowhere"],
    ["a script", "`npm run nothing`", "no script nothing"],
    ["a script in a block", "```sh\nnpm run -s nothing\n```", "no script nothing"],
    ["a flag", "`npm start -- --stack dev --nope`", "no flag --nope of npm start"],
    ["a flag in a block", "```sh\nnpm run graph -- --memory\n```", "no flag --memory of npm graph"],
    ["a flag alone", "`--nope`", "no flag --nope"],
    ["a path", "`infra/none.ts`", "no file infra/none.ts"],
    ["a test in a table", "| test/e2e/none |", "no test test/e2e/none"],
  ])("%s", (_, text, problem) => {
    expect(problemsOf("docs/api.md", text)).toEqual([problem]);
  });

  it("what exists is no problem", () => {
    const text = `[a](#errors) [b](restore.md#1-switch-the-removal-off) \`infra/settings.ts\` test/e2e/access
\`\`\`sh\nnpm start -- --stack dev --port 0 > ready.json\n\`\`\` \`--kills N\``;
    expect(problemsOf("docs/api.md", text)).toEqual([]);
  });
});
