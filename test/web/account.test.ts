import {
  CognitoIdentityProviderClient,
  GlobalSignOutCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import type { Page, Request } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Receiver, startReceiver } from "../../tools/chaos/receiver.ts";
import { totpCode } from "../../packages/local-cloud/src/aws/cognito/totp.ts";
import { send } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { jpeg } from "../support/pictures.ts";
import { keyShown, scanned, uriOf } from "./authenticator.ts";
import { findingsOf, overflowing } from "./axe.ts";
import { expectFaultless, useBrowser } from "./browser.ts";
import { choose, labelled, picture, signIn, siteOf } from "./gallery.ts";

const use = useCloud();
const chromium = useBrowser();

let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver();
});

afterAll(() => receiver.stop());

const site = () => siteOf(use().cloud.ready);

async function visit(username: string) {
  const context = await chromium().open({ viewport: { width: 1280, height: 1_600 } });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  await signIn(page, use().cloud.ready, username);
  return { context, page };
}

describe("callbacks", () => {
  it("show in the viewer, a receiver that is gone in the account, and each is sent again on request", async () => {
    const { alice, cloud } = use();
    const { context, page } = await visit("alice");
    await page.getByText("No pictures yet").waitFor();
    receiver.behave(() => ({ status: 410 }));
    const bytes = await jpeg("red");
    const callbackUrl = `${receiver.url}/hook`;
    const { upload } = await alice.create(bytes, "image/jpeg", { filename: "Red.jpg", callbackUrl });
    await send(upload, bytes);
    await labelled(page, 1);
    await cloud.idle();

    await picture(page, "Red.jpg").click();
    await page
      .getByRole("dialog")
      .getByText(/^Picture 1 of/)
      .waitFor();
    await page.keyboard.press("i");
    const deliveries = page.getByRole("complementary").getByRole("listitem");
    await deliveries.filter({ hasText: "Receiver is gone" }).first().waitFor();

    await page.goto(`${site()}account`);
    const failing = page.getByRole("listitem").filter({ hasText: callbackUrl });
    await failing.getByText(/^Gone/).waitFor();
    receiver.behave(() => ({ status: 204 }));
    const before = receiver.received.length;
    await failing.getByRole("button", { name: "Send again" }).click();
    await page.getByText("The callback is sent again").waitFor();
    await receiver.until(() => receiver.received.length > before);
    await cloud.idle();
    await page.reload();
    await page.getByText("All receivers accept your callbacks.").waitFor();

    await page.goto(site());
    await picture(page, "Red.jpg").click();
    const delivered = deliveries.filter({ hasText: "Delivered" }).filter({ hasText: "2 attempts" });
    await delivered.getByRole("button", { name: "Send again" }).click();
    await receiver.until(() => receiver.received.length > before + 1);
    await deliveries.filter({ hasText: "3 attempts" }).waitFor();
    expectFaultless(context.faults, site());
    await context.close();
  });

  it("are signed with a secret that is shown once when it is replaced", async () => {
    const { context, page } = await visit("alice");
    await page.goto(`${site()}account`);
    await page.getByRole("button", { name: "Replace the secret" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Replace the secret" }).click();
    const secret = page.getByRole("dialog", { name: "Signing secret" });
    await secret.getByText(/^whsec_/).waitFor();
    await context.grantPermissions(["clipboard-write"]);
    await secret.getByRole("button", { name: "Copy" }).click();
    await secret.getByRole("status").getByText("Copied").waitFor();
    await secret.getByRole("button", { name: "Close" }).click();
    await secret.waitFor({ state: "detached" });
    expect(await page.getByText(/whsec_/).count()).toBe(0);
    expectFaultless(context.faults, site());
    await context.close();
  });
});

describe("the account", () => {
  it("shows what is used of each limit, and counts what happens", async () => {
    const { context, page } = await visit("bob");
    await choose(page, [{ name: "One.jpg", bytes: await jpeg("blue") }]);
    await labelled(page, 1);
    await use().cloud.idle();
    await page.goto(`${site()}account`);
    const used = (name: string) => page.getByRole("listitem").filter({ hasText: name });
    await used("Pictures")
      .getByText(/^1 of /)
      .waitFor();
    await used("Labelled today")
      .getByText(/^1 of /)
      .waitFor();
    expect(await page.getByRole("meter", { name: "Pictures" }).getAttribute("value")).toBe("1");
    expectFaultless(context.faults, site());
    await context.close();
  });

  it("keeps a new name and address", async () => {
    const { context, page } = await visit("bob");
    await page.goto(`${site()}account`);
    await page.getByLabel("Name", { exact: true }).fill("Bob the Builder");
    await page.getByLabel("Email address").fill("builder@example.com");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved", { exact: true }).waitFor();
    await page.reload();
    await page.getByLabel("Name", { exact: true }).waitFor();
    expect(await page.getByLabel("Name", { exact: true }).inputValue()).toBe("Bob the Builder");
    expect(await page.getByLabel("Email address").inputValue()).toBe("builder@example.com");
    expectFaultless(context.faults, site());
    await context.close();
  });

  it("is erased after its name was typed, says until when that can be cancelled, and comes back whole", async () => {
    const { context, page } = await visit("bob");
    await page.goto(`${site()}account`);
    await page.getByRole("button", { name: "Erase this account" }).click();
    const dialog = page.getByRole("dialog", { name: "Erase this account?" });
    const erase = dialog.getByRole("button", { name: "Erase" });
    expect(await erase.isDisabled()).toBe(true);
    await dialog.getByLabel("Type bob to confirm").fill("alice");
    expect(await erase.isDisabled()).toBe(true);
    await dialog.getByLabel("Type bob to confirm").fill("bob");
    await erase.click();
    await page.getByText(/^This account is erased .* Until then you can cancel\.$/).waitFor();
    await page.goto(site());
    await page.getByText("This account is being erased.").first().waitFor();
    await page.goto(`${site()}account`);
    await page.getByRole("button", { name: "Cancel the erasure" }).click();
    await page.getByLabel("Name", { exact: true }).waitFor();
    await page.goto(site());
    await picture(page, "One.jpg").waitFor();
    expectFaultless(context.faults, site());
    await context.close();
  });
});

describe("sign-in with an app", () => {
  const accessible = async (page: Page) => {
    expect(await findingsOf(page)).toEqual([]);
    expect(await page.evaluate(overflowing)).toEqual([]);
  };

  it("is turned on with the first code, asked for at the next sign-in, and turned off", async () => {
    const { context, page } = await visit("bob");
    await page.goto(`${site()}account`);
    await page.getByText("An authenticator app protects your account").waitFor();
    await page.getByRole("button", { name: "Turn on" }).click();
    const dialog = page.getByRole("dialog", { name: "Set up an authenticator app" });
    await dialog.getByRole("img").waitFor();
    await accessible(page);
    const secret = await keyShown(page);
    await context.grantPermissions(["clipboard-write"]);
    await dialog.getByRole("button", { name: "Copy the key" }).click();
    await dialog.getByRole("status").getByText("The key was copied.").waitFor();
    expect(await scanned(page)).toBe(uriOf("bob", secret));
    await dialog.getByLabel("Code", { exact: true }).fill(totpCode(secret, Date.now() + 300_000));
    await dialog.getByRole("button", { name: "Turn on" }).click();
    await dialog.getByText("The code is wrong.").waitFor();
    await accessible(page);
    await dialog.getByLabel("Code", { exact: true }).fill(totpCode(secret, Date.now()));
    // The connection breaks after Cognito has accepted the code.
    const preference = (request: Request) =>
      request.headers()["x-amz-target"]?.endsWith(".SetUserMFAPreference");
    await page.route("**", (route) => (preference(route.request()) ? route.abort() : route.fallback()));
    await dialog.getByRole("button", { name: "Turn on" }).click();
    await dialog.getByText("The server cannot be reached. Check your connection.").waitFor();
    await page.unrouteAll();
    await dialog.getByRole("button", { name: "Turn on" }).click();
    await page
      .getByText("Signing in needs a code of your authenticator app as well as your password.")
      .waitFor();
    // Another app that shows no code changes nothing.
    await page.getByRole("button", { name: "Use another app" }).click();
    await dialog.getByRole("img").waitFor();
    expect(await keyShown(page)).not.toBe(secret);
    await dialog.getByRole("button", { name: "Cancel" }).click();

    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Username").fill("bob");
    await page
      .getByLabel("Password")
      .fill(use().cloud.ready.users.find(({ username }) => username === "bob")?.password ?? "");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    // A used code is refused. The next one is accepted half a minute early.
    await page.getByLabel("Code", { exact: true }).fill(totpCode(secret, Date.now() + 30_000));
    await page.getByRole("button", { name: "Continue" }).click();

    await page.getByRole("button", { name: "Turn off" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Turn off" }).click();
    await page.getByText("An authenticator app protects your account").waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await signIn(page, use().cloud.ready, "bob");
    await context.close();
  });

  it("says that the sign-in has ended if it was ended elsewhere", async () => {
    const { context, page } = await visit("admin");
    await page.goto(`${site()}account`);
    await page.getByText("An authenticator app protects your account").waitFor();
    await endSessions(page);
    await page.getByRole("button", { name: "Turn on" }).click();
    await page.getByRole("dialog").getByText("This sign-in has ended. Sign in again.").waitFor();
    await context.close();
  });
});

/** As Cognito ends all sign-ins of the page's user. */
async function endSessions(page: Page): Promise<void> {
  const AccessToken = await page.evaluate(
    () => Object.entries(localStorage).find(([key]) => key.endsWith(".accessToken"))?.[1] as string,
  );
  const { endpointUrl: endpoint, region } = use().cloud.ready;
  const cognito = new CognitoIdentityProviderClient({ endpoint, region });
  await cognito.send(new GlobalSignOutCommand({ AccessToken }));
  cognito.destroy();
}
