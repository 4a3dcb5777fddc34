import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import { useCloud } from "../support/cloud.ts";
import { endGrace, endWait } from "../support/erasing.ts";
import { asFunction, type FunctionSide } from "../support/function.ts";
import { jpeg } from "../support/pictures.ts";
import { expectFaultless, useBrowser } from "./browser.ts";
import { choose, labelled, signIn, siteOf } from "./gallery.ts";

const use = useCloud();
const chromium = useBrowser();

let account: FunctionSide;

beforeAll(() => {
  account = asFunction(use(), "administrator");
});

afterAll(() => account.close());

const site = () => siteOf(use().cloud.ready);

async function visit(username: string, path = "") {
  const context = await chromium().open({ viewport: { width: 1280, height: 2_000 } });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  await signIn(page, use().cloud.ready, username);
  await page.goto(site() + path);
  return { context, page };
}

const card = (page: Page, heading: string) =>
  page.locator(".card", { has: page.getByRole("heading", { name: heading, exact: true }) });

const fact = (page: Page, term: string) =>
  page.locator(".receipt dl > div", { has: page.getByText(term, { exact: true }) }).locator("dd");

/** A profile with one labelled picture. */
async function fill(username: string): Promise<void> {
  const { context, page } = await visit(username);
  await choose(page, [{ name: `${username}.jpg`, bytes: await jpeg("red") }]);
  await labelled(page, 1);
  await use().cloud.idle();
  await context.close();
}

describe("an admin", () => {
  it("sees each user with what the user uses", async () => {
    await fill("bob");
    const { context, page } = await visit("admin", "admin");
    const bob = card(page, "Users").getByRole("listitem").filter({ hasText: use().bob.sub });
    await bob.getByText("bob", { exact: true }).waitFor();
    await bob.getByText(/^1 picture/).waitFor();
    await bob.getByText(/1 labelled today$/).waitFor();
    expectFaultless(context.faults, site());
    await context.close();
  });

  it("sets the limits, which hold for a user at once, and sees when they were changed", async () => {
    const { context, page } = await visit("admin", "admin");
    const limits = card(page, "Limits");
    await limits.getByText("These are the limits of the deployment.").waitFor();
    await limits.getByLabel("Pictures of a user", { exact: true }).fill("1");
    await limits.getByRole("button", { name: "Save" }).click();
    await page.getByText("The limits are saved").waitFor();
    await limits.getByText(/^Changed /).waitFor();
    const bob = await visit("bob");
    await choose(bob.page, [{ name: "Second.jpg", bytes: await jpeg("blue") }]);
    await bob.page
      .getByRole("region", { name: "Uploads" })
      .getByText(/limit of your account/)
      .waitFor();
    await bob.page.goto(`${site()}account`);
    await bob.page.getByText("1 of 1", { exact: true }).waitFor();
    await bob.context.close();
    await limits.getByLabel("Pictures of a user", { exact: true }).fill("1000");
    await limits.getByRole("button", { name: "Save" }).click();
    await use().cloud.idle();
    expectFaultless(context.faults, site());
    await context.close();
  });

  it("pauses labelling: a picture says that it waits, and the next one is labelled once it goes on", async () => {
    const { context, page } = await visit("admin", "admin");
    const pause = card(page, "Limits").getByLabel("Pause labelling");
    const save = async () => {
      await card(page, "Limits").getByRole("button", { name: "Save" }).click();
      await page.getByText("The limits are saved").waitFor();
    };
    await pause.check();
    await save();
    await page.reload();
    await pause.waitFor();
    expect(await pause.isChecked()).toBe(true);
    const bob = await visit("bob");
    await choose(bob.page, [{ name: "Waits.jpg", bytes: await jpeg("lime") }]);
    await bob.page.getByRole("link", { name: /^Waits\.jpg.*Labelling is paused/ }).waitFor();
    await pause.uncheck();
    await save();
    await use().cloud.idle();
    await choose(bob.page, [{ name: "Next.jpg", bytes: await jpeg("navy") }]);
    await bob.page.getByRole("link", { name: /^Next\.jpg.*Labels:/ }).waitFor();
    expectFaultless(context.faults, site());
    expectFaultless(bob.context.faults, site());
    await context.close();
    await bob.context.close();
  });

  it("starts an erasure, cancels it, starts it again, and sees the receipt of what was removed", async () => {
    const { bob } = use();
    const { context, page } = await visit("admin", "admin");
    const users = card(page, "Users");
    const erase = async () => {
      await users.getByRole("button", { name: "Erase bob" }).click();
      await page.getByRole("dialog", { name: "Erase bob?" }).getByRole("button", { name: "Erase" }).click();
      await page.getByRole("heading", { name: "Receipt: Requested" }).waitFor();
    };
    await erase();
    await users.getByText(bob.sub).waitFor({ state: "detached" });
    await card(page, "Erasures").getByRole("button", { name: "Cancel the erasure" }).click();
    await page.getByRole("heading", { name: "Receipt: Cancelled" }).waitFor();
    await users.getByText(bob.sub).waitFor();
    await erase();
    await endGrace(use(), account, bob.sub);
    await endWait(use(), account, bob.sub);
    await page.reload();
    await page.getByLabel("User id").fill(` ${bob.sub} `);
    await page.getByRole("button", { name: "Find" }).click();
    await page.getByRole("heading", { name: "Receipt: Done" }).waitFor();
    expect(await fact(page, "Pictures").textContent()).toBe("3");
    expect(await fact(page, "Sign-in").textContent()).toBe("1");
    expect(await page.getByRole("button", { name: "Cancel the erasure" }).count()).toBe(0);
    await page.getByLabel("User id").fill("nobody");
    await page.getByRole("button", { name: "Find" }).click();
    await page.getByText("No erasure of this user was requested.").waitFor();
    expectFaultless(context.faults, site());
    await context.close();
  });

  it("is the only one who has the page: for others nothing is there", async () => {
    const { context, page } = await visit("alice", "admin");
    await page.getByRole("heading", { name: "Nothing is here" }).waitFor();
    expect(await page.getByRole("link", { name: "Admin" }).count()).toBe(0);
    expectFaultless(context.faults, site());
    await context.close();
  });
});
