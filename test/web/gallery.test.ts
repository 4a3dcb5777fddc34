import { describe, expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import { readMail } from "../../packages/local-cloud/src/aws/cognito/mailbox.ts";
import { drawScene } from "../../tools/demo/scenes.ts";
import { useCloud } from "../support/cloud.ts";
import { jpeg } from "../support/pictures.ts";
import { expectFaultless, useBrowser } from "./browser.ts";
import { choose, drop, type Given, labelled, picture, signIn, siteOf } from "./gallery.ts";

const use = useCloud();
const chromium = useBrowser();

const ready = () => use().cloud.ready;
const site = () => siteOf(ready());
/** All rows of the grid are in such a window. */
const tall = { viewport: { width: 1280, height: 4_000 } };

const coloured = async (name: string, colour: string): Promise<Given> => ({
  name,
  bytes: await jpeg(colour),
});
const scene = async (name: string, number: number): Promise<Given> => ({
  name,
  bytes: (await drawScene(number)).bytes,
});

/** A window in which a local user is signed in. */
async function visit(username: string, options = {}) {
  const context = await chromium().open(options);
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  await signIn(page, ready(), username);
  return { context, page };
}

const focusedName = "(document.activeElement?.getAttribute('aria-label') ?? '')";

const gone = (page: Page, name: string) => picture(page, name).waitFor({ state: "detached" });

describe("a new user", () => {
  it("signs up with the code, drops 30 pictures and a broken one, and sees each appear and be labelled", async () => {
    const context = await chromium().open(tall);
    context.setDefaultTimeout(60_000);
    const page = await context.newPage();
    await page.goto(site());
    await page.getByRole("button", { name: "Create an account" }).click();
    await page.getByLabel("Username").fill("carol");
    await page.getByLabel("Email address").fill("carol@example.com");
    await page.getByLabel("Password", { exact: true }).fill("Correct-Horse-7");
    await page.getByRole("button", { name: "Create account" }).click();
    await page.getByText("We sent a code").waitFor();
    const mail = readMail(ready().mailFile).findLast(({ username }) => username === "carol");
    await page.getByLabel("Code").fill(mail?.secret ?? "");
    await page.getByRole("button", { name: "Confirm" }).click();
    await page.getByText("No pictures yet").waitFor();
    const colours = Array.from({ length: 30 }, (_, number) => `hsl(${number * 12},60%,50%)`);
    const files = await Promise.all(colours.map((colour, index) => coloured(`${index + 1}.jpg`, colour)));
    await drop(page, [...files, { name: "Broken.jpg", bytes: Buffer.from("This is not a picture.") }]);
    await page.getByText("30 files uploaded").waitFor({ timeout: 120_000 });
    await page.getByRole("region", { name: "Uploads" }).getByText("1 failed").waitFor();
    await page.getByRole("link", { name: /^Broken\.jpg\. Rejected\. The bytes are not/ }).waitFor();
    await labelled(page, 30);
    expect(await page.getByRole("link", { name: /\.jpg/ }).count()).toBe(31);
    expectFaultless(context.faults, site());
    await context.close();
  });
});

describe("the gallery", () => {
  it("finds pictures by a label that it suggests, and fewer by a higher confidence", async () => {
    const { context, page } = await visit("alice", tall);
    await choose(page, [await coloured("Red.jpg", "red"), await scene("Hills.jpg", 2)]);
    await labelled(page, 2);
    await use().cloud.idle();
    await page.getByRole("combobox").fill("lands");
    await page.getByRole("option", { name: /^Landscape/ }).click();
    await page.getByRole("heading", { name: "Landscape" }).waitFor();
    await picture(page, "Red.jpg").waitFor();
    await picture(page, "Hills.jpg").waitFor();
    expect(page.url()).toBe(`${site()}search?label=Landscape`);
    await page.goto(`${site()}search?label=High%20Detail&min=0`);
    await picture(page, "Hills.jpg").waitFor();
    await page.getByRole("slider").fill("100");
    await page.getByText("No pictures show High Detail").waitFor();
    expectFaultless(context.faults, site());
    await context.close();
  });

  it("opens, renames and corrects a picture, deletes it, takes that back, and purges it", async () => {
    const { context, page } = await visit("alice", tall);
    await choose(page, [await coloured("Blue.jpg", "blue")]);
    await page.getByRole("link", { name: /^Blue\.jpg.*Labels:/ }).click();
    const viewer = page.getByRole("dialog");
    await viewer.getByText(/^Picture 1 of/).waitFor();
    await page.keyboard.press("i");
    await viewer.getByRole("button", { name: "Rename" }).click();
    await viewer.getByLabel("Title").fill("The sea");
    await viewer.getByRole("button", { name: "Save" }).click();
    await viewer.getByRole("heading", { name: "The sea" }).waitFor();
    await viewer.getByLabel("Add a label").fill("Ocean");
    await viewer.getByRole("button", { name: "Add" }).click();
    await viewer.getByRole("button", { name: "Remove the label Ocean" }).waitFor();
    await viewer.getByRole("button", { name: "Move to trash" }).click();
    await page.getByRole("button", { name: "Undo" }).click();
    await picture(page, "The sea").click();
    await viewer.getByRole("button", { name: "Remove the label Ocean" }).waitFor();
    await viewer.getByRole("button", { name: "Move to trash" }).click();
    await gone(page, "The sea");
    await page.getByRole("link", { name: "Trash" }).first().click();
    await page.getByRole("button", { name: "Delete The sea for good" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete for good" }).click();
    await page.getByText("The trash is empty").waitFor();
    expectFaultless(context.faults, site());
    await context.close();
  });

  it("reloads itself once when a deployment has replaced a part of the open page", async () => {
    const { context, page } = await visit("alice");
    let missing = 1;
    await page.route(/assets\/trash-/, (route) => {
      missing -= 1;
      return missing >= 0
        ? route.fulfill({ contentType: "text/html", body: "<p>replaced</p>" })
        : route.continue();
    });
    await page.getByRole("link", { name: "Trash" }).first().click();
    await page.getByRole("heading", { name: "Trash", exact: true }).waitFor();
    expect(missing).toBe(-1);
    await context.close();
  });

  it("is alike in two windows of one user", async () => {
    const one = await visit("bob", tall);
    const other = await visit("bob", tall);
    await choose(one.page, [await coloured("Shared.jpg", "green")]);
    await picture(other.page, "Shared.jpg").click();
    await picture(one.page, "Shared.jpg").click();
    await one.page
      .getByRole("dialog")
      .getByText(/^Picture 1 of/)
      .waitFor();
    await one.page.keyboard.press("i");
    await one.page.getByRole("button", { name: "Rename" }).click();
    await one.page.getByLabel("Title").fill("Renamed");
    await one.page.getByRole("button", { name: "Save" }).click();
    await other.page.getByRole("dialog", { name: "Picture Renamed" }).waitFor();
    await other.page.keyboard.press("Escape");
    await one.page.getByRole("button", { name: "Move to trash" }).click();
    await gone(other.page, "Renamed");
    expectFaultless(one.context.faults, site());
    expectFaultless(other.context.faults, site());
    await one.context.close();
    await other.context.close();
  });

  it("shows what it missed while the network was cut", async () => {
    const context = await chromium().open(tall);
    context.setDefaultTimeout(60_000);
    const page = await context.newPage();
    let isCut = false;
    const cuts = new Set<() => void>();
    const followed = Promise.withResolvers<undefined>();
    await page.routeWebSocket(/realtime/, (socket) => {
      if (isCut) {
        void socket.close();
      } else {
        const server = socket.connectToServer();
        server.onMessage((message) => {
          socket.send(message);
          if (String(message).includes("start_ack")) {
            followed.resolve(undefined);
          }
        });
        cuts.add(() => void socket.close());
      }
    });
    await signIn(page, ready(), "bob");
    await followed.promise;
    isCut = true;
    await context.setOffline(true);
    cuts.forEach((cut) => cut());
    await page.getByText("Connection lost").waitFor();
    const other = await visit("bob", tall);
    await choose(other.page, [await coloured("Missed.jpg", "purple")]);
    await labelled(other.page, 1);
    isCut = false;
    await context.setOffline(false);
    await page.getByText("Connected again").waitFor();
    await page.getByRole("link", { name: /^Missed\.jpg.*Labels:/ }).waitFor();
    await context.close();
    await other.context.close();
  });
});

/** Looks at each frame. `waitForFunction` does so in the page, where the policy forbids eval. */
async function untilFocused(page: Page, holds: (name: string) => boolean): Promise<void> {
  while (!holds(await page.evaluate<string>(focusedName))) {
    await page.evaluate("new Promise((resolve) => requestAnimationFrame(() => resolve()))");
  }
}

describe("by keyboard only", () => {
  it("a user signs in, walks through the grid, opens, closes, selects and deletes", async () => {
    const context = await chromium().open(tall);
    context.setDefaultTimeout(60_000);
    const page = await context.newPage();
    const { keyboard } = page;
    const admin = ready().users.find(({ username }) => username === "admin");
    await page.goto(site());
    // The first field has the focus.
    await page.locator("input[name=username]:focus").waitFor();
    await keyboard.type("admin");
    await keyboard.press("Tab");
    await page.locator("input[name=password]:focus").waitFor();
    await keyboard.type(admin?.password ?? "");
    await keyboard.press("Enter");
    await page.getByText("No pictures yet").waitFor();
    await choose(page, [await coloured("A.jpg", "red"), await coloured("B.jpg", "lime")]);
    await labelled(page, 2);
    const focused = () => page.evaluate<string>(focusedName);
    await page.evaluate("document.activeElement?.blur()");
    await keyboard.press("/");
    expect(await focused()).toBe("Search by label");
    await keyboard.press("Escape");
    for (let presses = 0; presses < 12 && !/\.jpg/.test(await focused()); presses += 1) {
      await keyboard.press("Tab");
    }
    const first = await focused();
    await keyboard.press("ArrowRight");
    await untilFocused(page, (name) => name !== first);
    const second = await focused();
    await keyboard.press("Enter");
    await page.getByRole("dialog").getByText("Picture 2 of 2").waitFor();
    await keyboard.press("ArrowLeft");
    await page.getByRole("dialog").getByText("Picture 1 of 2").waitFor();
    await keyboard.press("Escape");
    await untilFocused(page, (name) => name === first);
    await keyboard.press("Space");
    await page.getByRole("toolbar", { name: "1 selected" }).waitFor();
    await keyboard.press("ArrowRight");
    await keyboard.press("Space");
    await page
      .getByRole("toolbar", { name: "2 selected" })
      .getByRole("button", { name: "Move to trash" })
      .focus();
    await keyboard.press("Enter");
    await page.getByText("No pictures yet").waitFor();
    expect(second).not.toBe(first);
    expectFaultless(context.faults, site());
    await context.close();
  });
});
