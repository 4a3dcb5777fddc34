import type { Page } from "playwright-core";

export interface View {
  readonly name: string;
  readonly open: (page: Page, site: string) => Promise<void>;
}

const at = (name: string, path: string, shows: string): View => ({
  name,
  async open(page, site) {
    await page.goto(site + path);
    await page.getByText(shows).first().waitFor();
  },
});

/** Before signing in. */
export const gates: readonly View[] = [
  at("sign-in", "", "Forgot your password?"),
  {
    name: "sign-up",
    async open(page, site) {
      await page.goto(site);
      await page.getByRole("button", { name: "Create an account" }).click();
      await page.getByLabel("Email address").waitFor();
    },
  },
];

async function openLibrary(page: Page, site: string): Promise<void> {
  await page.goto(site);
  await page.locator(".tile img.loaded").first().waitFor();
}

/** Of a user who has pictures, one of them in the trash. */
export const views: readonly View[] = [
  { name: "library", open: openLibrary },
  {
    name: "search-suggestions",
    async open(page, site) {
      await openLibrary(page, site);
      await page.getByRole("combobox").fill("l");
      await page.getByRole("option").first().waitFor();
    },
  },
  {
    name: "search",
    async open(page, site) {
      await page.goto(`${site}search?label=landscape&min=50`);
      await page.locator(".tile img.loaded").first().waitFor();
    },
  },
  at("search-empty", "search?label=submarine", "No pictures show submarine"),
  {
    name: "viewer",
    async open(page, site) {
      await openLibrary(page, site);
      await page.locator(".tile a").nth(1).click();
      await page.getByRole("dialog").locator("img").first().waitFor();
    },
  },
  {
    name: "viewer-info",
    async open(page, site) {
      await openLibrary(page, site);
      await page.evaluate("localStorage.setItem('darkroom:info', 'shown')");
      await page.locator(".tile a").nth(1).click();
      await page.getByRole("complementary").getByText("SHA-256").waitFor();
      await page.evaluate("localStorage.setItem('darkroom:info', 'hidden')");
    },
  },
  at("trash", "trash", "Moved here"),
  {
    name: "confirm",
    async open(page, site) {
      await page.goto(`${site}trash`);
      await page.getByRole("button", { name: "Empty trash" }).click();
      await page.getByRole("dialog").waitFor();
    },
  },
  at("activity", "activity", "Labelled"),
  at("account", "account", "Labelled today"),
  {
    name: "second-factor",
    async open(page, site) {
      await page.goto(`${site}account`);
      await page.getByRole("button", { name: "Turn on" }).click();
      await page.getByRole("dialog").getByRole("img").waitFor();
    },
  },
  at("not-found", "nowhere", "Nothing is here"),
];

/** Of a user without pictures. */
export const emptyViews: readonly View[] = [
  at("library-empty", "", "No pictures yet"),
  at("trash-empty", "trash", "The trash is empty"),
  at("activity-empty", "activity", "Nothing happened yet"),
];

/** Of a member of the group admins. */
export const adminViews: readonly View[] = [at("admin", "admin", "Pictures of a user")];
