// Reads the console in Chromium as a person would: node browser.ts <the console's address> <text to find> <folder for
// pictures>, or none. Prints what it saw as one line of JSON.
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { launchChromium } from "../../../../test/clients/chromium.ts";

export interface Seen {
  readonly title: string;
  /** The steps of the way, as they are read. */
  readonly way: readonly string[];
  readonly alerts: readonly string[];
  /** By the name of the view. */
  readonly views: Readonly<Record<string, string>>;
  readonly complaints: readonly string[];
  readonly hosts: readonly string[];
  /** True if a view is wider than a phone. */
  readonly overflows: boolean;
}

const [address = "", text = "", folder = ""] = process.argv.slice(2);

async function visit(context: BrowserContext, name: string): Promise<Seen> {
  const complaints: string[] = [];
  const hosts = new Set<string>();
  context.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  context.on("weberror", (error) => complaints.push(String(error.error())));
  context.on("request", (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol !== "data:") {
      hosts.add(host);
    }
  });
  const page = await context.newPage();
  await page.goto(address);
  await page.getByRole("search").waitFor();
  await picture(page, `${name}-calls`);
  await page.getByRole("searchbox").fill(text);
  await page.getByRole("button", { name: "Find" }).click();
  await page.locator(".way li").first().waitFor();
  await picture(page, `${name}-way`);
  const way = await page.locator(".way summary").allInnerTexts();
  const alerts = await page.getByRole("alert").allInnerTexts();
  const views: Record<string, string> = {};
  let overflows = await isTooWide(page);
  for (const view of ["Calls", "Logs", "Resources", "Mail", "Bill"]) {
    await page.getByRole("link", { name: view, exact: true }).click();
    await page.locator(`nav a[aria-current]:text-is("${view}")`).waitFor();
    await page.locator(`main[data-view="${view.toLowerCase()}"]`).waitFor();
    views[view] = await page.locator("main").innerText();
    overflows ||= await isTooWide(page);
    await picture(page, `${name}-${view.toLowerCase()}`);
  }
  return { title: await page.title(), way, alerts, views, complaints, hosts: [...hosts], overflows };
}

const isTooWide = (page: Page): Promise<boolean> =>
  page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth");

async function picture(page: Page, name: string): Promise<void> {
  if (folder !== "") {
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: false });
  }
}

const browser = await launchChromium([]);
try {
  const wide = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: "light" });
  const phone = await browser.newContext({ viewport: { width: 390, height: 844 }, colorScheme: "dark" });
  const seen = { wide: await visit(wide, "wide"), phone: await visit(phone, "phone") };
  process.stdout.write(JSON.stringify(seen));
} finally {
  await browser.close();
}
