import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import { ofType } from "../../packages/local-cloud/src/base/graph.ts";
import { signIn } from "../../packages/local-cloud/src/sign-in.ts";
import { send } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { asFunction, type FunctionSide } from "../support/function.ts";
import { jpeg } from "../support/pictures.ts";
import { findingsOf, overflowing } from "./axe.ts";
import { expectFaultless, useBrowser } from "./browser.ts";

const use = useCloud({
  console: true,
  faults: {
    seed: 1,
    actions: [{ action: "rekognition:DetectLabels", code: "ThrottlingException", times: 1 }],
  },
});
const chromium = useBrowser();

let account: FunctionSide;
let pictureId = "";

const url = () => use().cloud.consoleUrl ?? "";

/** One picture of alice, labelled after a fault, while she listens. */
beforeAll(async () => {
  account = asFunction(use(), "administrator");
  const { alice, cloud } = use();
  await alice.get('mutation { createUser(input: { name: "Alice" }) { id } }');
  const events = await alice.events();
  const bytes = await jpeg("teal");
  const { asset, upload } = await alice.create(bytes, "image/jpeg", { filename: "Teal.jpg" });
  pictureId = asset.id;
  await send(upload, bytes);
  await events.until(({ type }) => type === "LABELLED");
  await cloud.idle();
}, 120_000);

afterAll(() => account.close());

async function open(view: string, options = {}) {
  const context = await chromium().open(options);
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  await page.goto(url());
  await page.goto(`${new URL("/_console/", url()).href}#${view}`);
  await page.locator(`main[data-view="${view.replace(/\/.*/, "")}"]`).waitFor();
  return { context, page };
}

const row = (page: Page, text: string) => page.getByRole("row").filter({ hasText: text });

describe("the console", () => {
  it("has the resolver, its functions, the writes and the publication in the way of a picture", async () => {
    const { context, page } = await open(`way/${pictureId}`);
    const steps = await page.locator(".way summary").allInnerTexts();
    const has = (pattern: RegExp) => expect(steps).toContainEqual(expect.stringMatching(pattern));
    has(/^appsync resolver Mutation\.createAsset/);
    has(/^appsync function /);
    has(/^dynamodb TransactWriteItems/);
    has(/^s3 PUT/);
    has(/^lambda run/);
    has(/^appsync publish to 1 onAssetEvent/);
    has(/^rekognition DetectLabels[^]*ThrottlingException/);
    expectFaultless(context.faults, url());
    await context.close();
  });

  it("lists items of a table, those of one key, and a whole item on request", async () => {
    const { alice } = use();
    const { context, page } = await open("tables/tables-assets");
    await page.getByLabel("Partition key").fill("nobody");
    await page.getByRole("button", { name: "Find" }).click();
    await page.getByText("No item has this key.").waitFor();
    await page.getByLabel("Partition key").fill(alice.sub);
    await page.getByRole("button", { name: "Find" }).click();
    await row(page, pictureId).locator("summary").click();
    await row(page, pictureId).getByText('"filename": "Teal.jpg"').waitFor();
    await page.getByLabel("Table").selectOption("tables-users");
    await row(page, alice.sub).getByText("Alice").waitFor();
    expectFaultless(context.faults, url());
    await context.close();
  });

  it("shows the messages of a dead-letter queue without receiving them", async () => {
    const { name } = use()
      .cloud.graph.resources.filter(({ type }) => type === "aws:sqs/queue:Queue")
      .find((one) => /dead|failed/i.test(one.name)) ?? { name: "" };
    await account.sqs.send(
      new SendMessageCommand({ QueueUrl: account.queue(name).url, MessageBody: '{"lost":"letter"}' }),
    );
    const { context, page } = await open(`queues/${name}`);
    await row(page, "letter").first().waitFor();
    await page.reload();
    expect(await row(page, '{"lost":"letter"}').getByRole("cell").nth(2).innerText()).toBe("0");
    expectFaultless(context.faults, url());
    await context.close();
  });

  it("lists keys with their versions, who is subscribed, and what runs", async () => {
    const { alice, cloud } = use();
    const name = cloud.graph.resources.find(({ id }) => id === cloud.ready.bucket)?.name ?? "";
    const { context, page } = await open(`buckets/${name}`);
    await page.getByLabel("Prefix").fill("nothing");
    await page.getByRole("button", { name: "Find" }).click();
    await page.getByText("No key is here.").waitFor();
    await page.getByLabel("Prefix").fill(`uploads/${alice.sub}`);
    await page.getByRole("button", { name: "Find" }).click();
    await row(page, pictureId).getByText("Yes").waitFor();
    await page.getByRole("link", { name: "Subscriptions" }).click();
    await row(page, "onAssetEvent").filter({ hasText: alice.sub }).getByText("alice").waitFor();
    expectFaultless(context.faults, url());
    await context.close();
  });

  it("runs a schedule now, and leads to what the run did", async () => {
    const { cloud } = use();
    const { name = "", inputs } =
      ofType(cloud.graph, "aws:scheduler/schedule:Schedule").find(({ inputs: { target } }) =>
        target.arn.includes(":function:"),
      ) ?? {};
    const { context, page } = await open("schedules");
    const schedule = row(page, name).filter({ hasText: inputs?.scheduleExpression ?? "" });
    const lastRun = schedule.locator('[data-label="Last run"]');
    const [before = ""] = (await lastRun.innerText()).split("\n");
    expect(await schedule.locator('[data-label="Next run"]').innerText()).toMatch(/\d+:\d\d:\d\d UTC/);
    await schedule.getByRole("button", { name: "Run now" }).click();
    await cloud.idle();
    await lastRun.filter({ hasText: /ok$/, hasNotText: before }).getByRole("button").click();
    const steps = page.locator(".way summary");
    await steps.first().waitFor();
    expect(await steps.allInnerTexts()).toEqual(
      expect.arrayContaining([
        expect.stringMatching(`^scheduler run ${name}`),
        expect.stringMatching(/^lambda run/),
      ]),
    );
    expectFaultless(context.faults, url());
    await context.close();
  });

  it("disables a user, who then cannot sign in, and enables the user again", async () => {
    const { context, page } = await open("users");
    await row(page, "bob").getByRole("button", { name: "Disable" }).click();
    await row(page, "bob").getByText("DISABLED").waitFor();
    await expect(signIn(use().cloud.ready, "bob")).rejects.toThrow("User is disabled");
    await row(page, "bob").getByRole("button", { name: "Enable" }).click();
    await row(page, "bob").getByText("CONFIRMED").waitFor();
    expect(await signIn(use().cloud.ready, "bob")).toMatchObject({ sub: use().bob.sub });
    expectFaultless(context.faults, url());
    await context.close();
  });

  it("stops the faults that are configured, and injects them again", async () => {
    const { context, page } = await open("resources");
    await page.getByRole("button", { name: "Stop injecting" }).click();
    await page.getByText("No faults are injected now.").waitFor();
    await page.getByRole("button", { name: "Inject again" }).click();
    await page.getByText("The configured faults are injected.").waitFor();
    expect(await page.getByRole("row", { name: /^failed/ }).innerText()).toMatch(/failed\s+1/);
    await context.close();
  });

  it("is not on the bill itself", async () => {
    const { cloud } = use();
    await cloud.idle();
    const { usd } = cloud.meter();
    const reads = () =>
      cloud.meter().lines.filter(({ service }) => ["dynamodb", "sqs", "s3"].includes(service.toLowerCase()));
    const before = JSON.stringify(reads());
    const { context } = await open("tables/tables-assets");
    await context.close();
    expect(JSON.stringify(reads())).toBe(before);
    expect(usd).toBeGreaterThan(0);
  });
});

const views = [
  ...["calls", "logs", "tables", "queues", "buckets", "schedules", "subscriptions", "users", "mail"],
  ...["resources", "bill"],
];
const sizes = { wide: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };

describe.each(["light", "dark"] as const)("each view of the console, %s,", (colorScheme) => {
  it.each(Object.entries(sizes))("%s, passes axe and fits the window", async (_, viewport) => {
    const found: Record<string, unknown> = {};
    const { context, page } = await open("calls", { viewport, colorScheme });
    for (const view of [...views, `way/${pictureId}`]) {
      await page.goto(`${new URL("/_console/", url()).href}#${view}`);
      await page.locator(`main[data-view="${view.replace(/\/.*/, "")}"]`).waitFor();
      const problems = [...(await findingsOf(page)), ...(await page.evaluate<string[]>(overflowing))];
      if (problems.length > 0) {
        found[view] = problems;
      }
    }
    expect(found).toEqual({});
    expectFaultless(context.faults, url());
    await context.close();
  });
});
