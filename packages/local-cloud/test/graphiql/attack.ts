import type { BrowserContext } from "playwright-core";

/** The parts of a browser's window that the attacks below use. */
interface Win {
  readonly closed: boolean;
  readonly document: Doc;
  open(address: string): Win;
}

interface Doc {
  readonly documentElement: { readonly outerHTML: string };
  readonly body: { append(element: Frame): void };
  createElement(name: "iframe"): Frame;
}

interface Frame {
  src: string;
  onload: () => void;
  readonly contentDocument: Doc | null;
}

/** Tries, as a page at `from`, to read the page at `address`. Returns what it read, or why it could not. */
export async function attack(context: BrowserContext, from: string, address: string) {
  const tab = await context.newPage();
  await tab.goto(from);
  const fetched = await tab.evaluate(async (target) => {
    try {
      const response = await fetch(target, { headers: { accept: "text/html" } });
      return await response.text();
    } catch (error) {
      return String(error);
    }
  }, address);
  const framed = await tab.evaluate(async (target) => {
    const { document } = globalThis as unknown as Win;
    const frame = document.createElement("iframe");
    const loaded = new Promise<void>((resolve) => (frame.onload = resolve));
    frame.src = target;
    document.body.append(frame);
    await loaded;
    return frame.contentDocument?.documentElement.outerHTML ?? "nothing";
  }, address);
  const opening = context.waitForEvent("page");
  const opened = await tab.evaluateHandle((target) => (globalThis as unknown as Win).open(target), address);
  const shown = await opening;
  await shown.waitForLoadState();
  const read = await opened.evaluate((target) => {
    try {
      return target.closed ? "closed" : target.document.documentElement.outerHTML;
    } catch (error) {
      return String(error);
    }
  });
  return { fetched, framed, opened: read, shown: await shown.content() };
}
