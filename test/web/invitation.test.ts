import {
  AdminCreateUserCommand,
  CognitoIdentityProviderClient,
} from "@aws-sdk/client-cognito-identity-provider";
import { describe, expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import { totpCode } from "../../packages/local-cloud/src/aws/cognito/totp.ts";
import { readMail } from "../../packages/local-cloud/src/aws/cognito/mailbox.ts";
import type { Cloud } from "../../packages/local-cloud/src/cloud.ts";
import local from "../../local-cloud.config.ts";
import { useCloud } from "../support/cloud.ts";
import { credentialsOf } from "../support/function.ts";
import { keyShown, scanned, uriOf } from "./authenticator.ts";
import { findingsOf, overflowing } from "./axe.ts";
import { expectFaultless, useBrowser } from "./browser.ts";
import { siteOf } from "./gallery.ts";

const chromium = useBrowser();

const sizes = [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
];

/** Invites somebody. Returns the temporary password of the mail. */
async function invite(cloud: Cloud, username: string): Promise<string> {
  const { endpointUrl: endpoint, region, userPoolId, mailFile } = cloud.ready;
  const credentials = credentialsOf(cloud, "administrator");
  const cognito = new CognitoIdentityProviderClient({ endpoint, region, credentials });
  const attributes = [{ Name: "email", Value: `${username}@example.com` }];
  const invited = { UserPoolId: userPoolId, Username: username, UserAttributes: attributes };
  await cognito.send(new AdminCreateUserCommand(invited));
  cognito.destroy();
  return readMail(mailFile).findLast((mail) => mail.username === username)?.secret ?? "";
}

/** Axe finds nothing in the present view, in light and dark, wide and narrow. */
async function expectAccessible(page: Page): Promise<void> {
  for (const viewport of sizes) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await findingsOf(page)).toEqual([]);
      expect(await page.evaluate(overflowing)).toEqual([]);
    }
  }
}

/** Goes to a field by the keyboard, and types. */
async function type(page: Page, label: string, text: string): Promise<void> {
  const focused = page.getByLabel(label, { exact: true }).and(page.locator(":focus"));
  for (let stops = 0; (await focused.count()) === 0; stops++) {
    expect(stops).toBeLessThan(5);
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Control+A");
  await page.keyboard.type(text);
}

describe("the gallery of a stack whose people are invited", () => {
  const use = useCloud({ stack: "prod", config: { ...local.config }, mappings: false });

  it("offers no account, and says whom to ask", async () => {
    const context = await chromium().open();
    const page = await context.newPage();
    await page.goto(siteOf(use().cloud.ready));
    await page.getByText("Accounts are made by invitation. Ask an administrator for one.").waitFor();
    expect(await page.getByRole("button", { name: "Create an account" }).count()).toBe(0);
    await expectAccessible(page);
    expectFaultless(context.faults, siteOf(use().cloud.ready));
    await context.close();
  });

  it("lets an invited user in, who chooses a password, by keyboard alone", async () => {
    const { cloud } = use();
    const temporary = await invite(cloud, "dora");
    const context = await chromium().open();
    context.setDefaultTimeout(60_000);
    const page = await context.newPage();
    await page.goto(siteOf(cloud.ready));
    await page.getByLabel("Username").waitFor();
    await type(page, "Username", "dora");
    await type(page, "Password", temporary);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Choose a new password" }).waitFor();
    expect(await page.getByLabel("New password").and(page.locator(":focus")).count()).toBe(1);
    await expectAccessible(page);
    await type(page, "New password", "too simple");
    await page.keyboard.press("Enter");
    await page.getByText("The password is too simple.").waitFor();
    await expectAccessible(page);
    await type(page, "New password", "Correct-Horse-7");
    await page.keyboard.press("Enter");
    await page.getByText("No pictures yet").waitFor();
    expect(context.faults.complaints).toHaveLength(1);
    await context.close();
  });
});

describe("the gallery of a stack for owners of addresses of a domain", () => {
  const use = useCloud({ config: { "darkroom:signUp": '["example.com"]' }, mappings: false });

  it("names the domain, and refuses other addresses", async () => {
    const context = await chromium().open();
    context.setDefaultTimeout(60_000);
    const page = await context.newPage();
    await page.goto(siteOf(use().cloud.ready));
    await page.getByRole("button", { name: "Create an account" }).click();
    await page.getByText("An address of example.com.").waitFor();
    await page.getByLabel("Username").fill("eve");
    await page.getByLabel("Email address").fill("eve@evil.example.org");
    await page.getByLabel("Password", { exact: true }).fill("Correct-Horse-7");
    await page.getByRole("button", { name: "Create account" }).click();
    await page.getByText("Accounts are for addresses of other domains.").waitFor();
    await context.close();
  });
});

describe("the gallery of a stack that invites people and requires a second factor", () => {
  const config = { ...local.config, "darkroom:mfa": "required" };
  const use = useCloud({ stack: "prod", config, mappings: false });

  it("lets an invited user set up an app, and asks for its code at the next sign-in", async () => {
    const { cloud } = use();
    const temporary = await invite(cloud, "dora");
    const context = await chromium().open();
    context.setDefaultTimeout(60_000);
    const page = await context.newPage();
    const enter = async (password: string) => {
      await type(page, "Username", "dora");
      await type(page, "Password", password);
      await page.keyboard.press("Enter");
    };
    await page.goto(siteOf(cloud.ready));
    await page.getByLabel("Username").waitFor();
    await enter(temporary);
    await page.getByRole("heading", { name: "Choose a new password" }).waitFor();
    await type(page, "New password", "Correct-Horse-7");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Set up an authenticator app" }).waitFor();
    await expectAccessible(page);
    const secret = await keyShown(page);
    const uri = uriOf("dora", secret);
    const link = page.getByRole("link", { name: "Open the app on this device" });
    expect(await link.getAttribute("href")).toBe(uri);
    expect(await scanned(page)).toBe(uri);
    await type(page, "Code", totpCode(secret, Date.now() + 300_000));
    await page.keyboard.press("Enter");
    await page.getByText("The code is wrong.").waitFor();
    await type(page, "Code", totpCode(secret, Date.now()));
    await page.keyboard.press("Enter");
    await page.getByText("No pictures yet").waitFor();

    await page.getByRole("link", { name: "Account" }).first().click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Username").waitFor();
    await enter("Correct-Horse-7");
    await page.getByRole("heading", { name: "Enter the code of your app" }).waitFor();
    await expectAccessible(page);
    // A used code is refused. The next one is accepted half a minute early.
    await type(page, "Code", totpCode(secret, Date.now() + 30_000));
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Use another app" }).waitFor();
    expect(await page.getByRole("button", { name: "Turn off" }).count()).toBe(0);
    await context.close();
  });
});
