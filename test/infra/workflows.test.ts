import { describe, expect, it } from "@jest/globals";
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { load } from "js-yaml";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../support/program.ts";

const folder = join(root, ".github/workflows");
const files = readdirSync(folder);
const textOf = (file: string) => readFileSync(join(folder, file), "utf8");

interface Job {
  readonly if?: string;
  readonly uses?: string;
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly concurrency?: { readonly group: string; readonly "cancel-in-progress": boolean };
  readonly with?: Readonly<Record<string, unknown>>;
  readonly needs?: string;
  readonly steps?: readonly {
    readonly uses?: string;
    readonly run?: string;
    readonly with?: Readonly<Record<string, unknown>>;
  }[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

const workflow = (file: string) => load(textOf(file)) as Workflow;

/** What GitHub's own parser says of a workflow. Files that it uses are read from `others`. */
async function problemsOf(name: string, content: string): Promise<string[]> {
  const { context, value } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
  const template = value && (await convertWorkflowTemplate(context, value));
  const found = [...context.errors.getErrors().map(({ message }) => message)];
  return [...found, ...(template?.errors ?? []).map(({ Message }) => Message)];
}

describe("GitHub's parser", () => {
  it.each(files)("accepts %s", async (file) => {
    expect(await problemsOf(file, textOf(file))).toEqual([]);
  });

  it.each([
    ["a step without an action or a command", "- name: nothing", /Add one of these properties: run/],
    ["an unknown key", "- uses: a/b@v1\n        whith: {}", /whith/],
    ["an expression that does not end", "- run: echo ${{ github.sha", /expression/i],
    ["an unknown context", "- run: echo ${{ sekrets.A }}", /sekrets/],
  ])("refuses %s", async (_, step, message) => {
    const text = `on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      ${step}\n`;
    expect((await problemsOf("bad.yml", text)).join()).toMatch(message);
  });
});

describe.each(files)("the workflow %s", (file) => {
  const { jobs, on, permissions } = workflow(file);
  const steps = Object.values(jobs).flatMap((job) => job.steps ?? []);

  it("uses actions by commit, with the version beside it", () => {
    const used = [...textOf(file).matchAll(/uses: (\S+)(.*)/g)].filter(
      ([, what = ""]) => !what.startsWith("./"),
    );
    for (const [line, what = "", comment = ""] of used) {
      expect({ line, pinned: /@[0-9a-f]{40}$/.test(what), comment }).toEqual({
        line,
        pinned: true,
        comment: expect.stringMatching(/^ # v\d+\.\d+\.\d+$/) as unknown,
      });
    }
  });

  it("names its permissions, and has no secret", () => {
    // The called workflow has those of its caller.
    expect(file === "pulumi.yml" || permissions !== undefined).toBe(true);
    expect(textOf(file)).not.toMatch(/secrets\.|secrets:|pull_request_target|write-all/);
    expect(on).not.toHaveProperty("pull_request_target");
  });

  it("passes no text of an event to a shell", () => {
    expect(steps.filter(({ run }) => run?.includes("${{"))).toEqual([]);
  });

  it("leaves no token in the files that it checks out", () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkouts.every((step) => step.with?.["persist-credentials"] === false)).toBe(true);
  });
});

describe("the pipeline", () => {
  const called = (file: string) => Object.values(workflow(file).jobs);

  it("gives forks neither token nor role", () => {
    expect(workflow("check.yml").permissions).toEqual({ contents: "read" });
    for (const job of called("preview.yml")) {
      expect(job.if).toContain("github.event.pull_request.head.repo.full_name == github.repository");
    }
  });

  it("deploys only what was checked on main, prod after dev, each by its environment", () => {
    const { dev, prod } = workflow("deploy.yml").jobs;
    expect(workflow("deploy.yml").on["workflow_run"]).toMatchObject({
      workflows: ["check"],
      branches: ["main"],
    });
    expect(dev?.if).toMatch(/conclusion == 'success' && .*event == 'push'/);
    expect(prod?.needs).toBe("dev");
    const checked = "${{ github.event.workflow_run.head_sha }}";
    expect([dev, prod].map((job) => job?.with)).toEqual([
      { command: "up", stack: "dev", environment: "dev", commit: checked },
      { command: "up", stack: "prod", environment: "prod", commit: checked },
    ]);
  });

  it("never runs two deployments of a stack, and never interrupts one", () => {
    expect(workflow("pulumi.yml").jobs["pulumi"]?.concurrency).toEqual({
      group: "pulumi-${{ inputs.stack }}-${{ inputs.command == 'up' && 'up' || github.ref }}",
      "cancel-in-progress": false,
    });
  });

  it("writes to pull requests from previews only", () => {
    const writers = files.flatMap((file) =>
      called(file)
        .filter(({ permissions = {} }) => "pull-requests" in permissions)
        .map(() => file),
    );
    expect(writers).toEqual(["preview.yml"]);
  });

  it("grants a called job all that it needs", () => {
    const callers = files.flatMap(called).filter(({ uses }) => uses === "./.github/workflows/pulumi.yml");
    expect(callers).toHaveLength(4);
    for (const { permissions } of callers) {
      expect(permissions).toMatchObject({ contents: "read", "id-token": "write" });
    }
  });

  it("installs the command line of the version of Pulumi's SDK", () => {
    const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      devDependencies: Record<string, string>;
    };
    const versions = files.flatMap((file) =>
      called(file).flatMap(({ steps = [] }) =>
        steps.flatMap((step) =>
          step.uses?.startsWith("pulumi/actions@") ? [step.with?.["pulumi-version"]] : [],
        ),
      ),
    );
    expect(versions).toEqual([devDependencies["@pulumi/pulumi"]]);
  });
});
