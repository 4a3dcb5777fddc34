import type { Locator, Page } from "playwright-core";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";

export interface Given {
  readonly name: string;
  readonly bytes: Buffer;
}

const typeOf = (name: string): string => (name.endsWith(".png") ? "image/png" : "image/jpeg");

export function siteOf({ sites }: Ready): string {
  const [site] = sites;
  if (!site) {
    throw new Error("The program declares no site");
  }
  return site.url;
}

/** Signs a local user in by the form. */
export async function signIn(page: Page, ready: Ready, username: string): Promise<void> {
  const user = ready.users.find((one) => one.username === username);
  await page.goto(siteOf(ready));
  await page.getByLabel("Username").fill(username);
  await page.getByLabel("Password", { exact: true }).fill(user?.password ?? "");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("combobox", { name: "Search by label" }).waitFor();
}

/** Chooses files in the upload menu's input. */
export async function choose(page: Page, files: readonly Given[]): Promise<void> {
  await page
    .getByTestId("files")
    .setInputFiles(files.map(({ name, bytes }) => ({ name, mimeType: typeOf(name), buffer: bytes })));
}

/** Drops files on the page as a person does. */
export async function drop(page: Page, files: readonly Given[]): Promise<void> {
  const given = files.map(({ name, bytes }) => ({
    name,
    type: typeOf(name),
    base64: bytes.toString("base64"),
  }));
  const transfer = await page.evaluateHandle(`(() => {
    const made = new DataTransfer();
    for (const { name, type, base64 } of ${JSON.stringify(given)}) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      made.items.add(new File([bytes], name, { type }));
    }
    return made;
  })()`);
  for (const event of ["dragenter", "dragover", "drop"]) {
    await page.dispatchEvent("body", event, { dataTransfer: transfer });
  }
}

/** The tile of a picture, which begins with its name. */
export const picture = (page: Page, name: string): Locator =>
  page.getByRole("link", { name: new RegExp(`^${name.replaceAll(".", "\\.")}`) });

/** Waits until the page has so many tiles that are labelled. */
export const labelled = (page: Page, count: number): Promise<void> =>
  page
    .getByRole("link", { name: /Labels:/ })
    .nth(count - 1)
    .waitFor({ timeout: 120_000 });
