// Uses GraphiQL in Chromium as a person would, and attacks it as other pages would: node browser.ts <the address of an
// HTML file in S3>, with the cloud's ready object in READY. Prints what it saw as one line of JSON.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { BrowserContext, Page } from "playwright-core";
import type { Ready } from "../../src/cloud.ts";
import { launchChromium } from "../../../../test/clients/chromium.ts";
import { attack } from "./attack.ts";

export type Story = Awaited<ReturnType<typeof visit>>;
export type Attack = Awaited<ReturnType<typeof attack>>;
export interface Seen {
  readonly plain: Story;
  readonly tls: Story;
  readonly attacks: { readonly neighbour: Attack; readonly outsider: Attack; readonly object: Attack };
}

interface Frame {
  readonly from: "page" | "cloud";
  readonly type: string;
}

/** All console messages and requests of the pages of a context. */
function record(context: BrowserContext) {
  const seen = { complaints: [] as string[], hosts: new Set<string>(), sockets: [] as string[] };
  const frames: Frame[] = [];
  const waiting = new Set<() => void>();
  const note = (from: Frame["from"]) => (frame: { payload: string | Buffer }) => {
    frames.push({ from, type: (JSON.parse(String(frame.payload)) as Frame).type });
    for (const wake of waiting) {
      wake();
    }
  };
  context.on("console", (message) => seen.complaints.push(`${message.type()}: ${message.text()}`));
  context.on("weberror", (error) => seen.complaints.push(String(error.error())));
  context.on("request", (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol !== "data:") {
      seen.hosts.add(host);
    }
  });
  context.on("page", (page) =>
    page.on("websocket", (socket) => {
      seen.sockets.push(socket.url());
      socket.on("framesent", note("page"));
      socket.on("framereceived", note("cloud"));
    }),
  );
  return {
    report: () => ({ ...seen, hosts: [...seen.hosts], frames }),
    /** Resolves when there have been this many frames of this type. */
    until: (type: string, count: number) =>
      new Promise<void>((resolve, reject) => {
        context.once("close", () => reject(new Error(`No ${type} came`)));
        const look = () => {
          if (frames.filter((frame) => frame.type === type).length >= count) {
            resolve();
          }
        };
        waiting.add(look);
        look();
      }),
  };
}

async function visit(context: BrowserContext, address: string) {
  const { report, until } = record(context);
  const open = async (user: string) => {
    const tab = await context.newPage();
    await tab.goto(address);
    await become(tab, user);
    return tab;
  };
  const asking = await open("bob");
  const bob = await run(asking, "Me");
  await become(asking, "alice");
  const alice = await run(asking, "Me");

  const watching = await open("alice");
  await press(watching, "Watch");
  await until("start_ack", 1);
  const created = await run(asking, "CreateAsset");
  const event = await result(watching);
  await stop(watching);
  await until("stop", 1);

  await press(watching, "Watch");
  await until("start_ack", 2);
  await become(watching, "admin");
  await until("stop", 2);
  const admin = await run(watching, "Me");

  await watching.getByLabel("Open settings dialog").click();
  await watching.getByText("Clear storage").waitFor();
  return { title: await asking.title(), bob, alice, created, event, admin, ...report() };
}

const become = (tab: Page, user: string) => tab.getByLabel("Signed in as").selectOption(user);

async function press(tab: Page, example: string): Promise<void> {
  await tab.getByRole("button", { name: example, exact: true }).click();
  await tab.getByRole("button", { name: "Execute query" }).click();
}

const stop = (tab: Page) => tab.getByRole("button", { name: "Stop query" }).click();

async function run(tab: Page, example: string): Promise<unknown> {
  await press(tab, example);
  return result(tab);
}

/** The property that CodeMirror sets on its element. */
interface Editor {
  readonly CodeMirror: { getValue(): string; on(event: "change", listener: () => void): void };
}

/** The content of the pane, once it has any: the button emptied it. */
async function result(tab: Page): Promise<unknown> {
  const text = await tab.locator(".result-window .CodeMirror").evaluate((element: unknown) => {
    const editor = (element as Editor).CodeMirror;
    return new Promise<string>((resolve) => {
      const look = () => {
        if (editor.getValue() !== "") {
          resolve(editor.getValue());
        }
      };
      editor.on("change", look);
      look();
    });
  });
  return JSON.parse(text) as unknown;
}

const ready = JSON.parse(process.env["READY"] ?? "") as Ready;
const htmlObject = process.argv[2] ?? "";
const server = createServer((_, response) => void response.end("<!doctype html>"));
await once(server.listen(0, "127.0.0.1"), "listening");
const { port } = server.address() as AddressInfo;
const browser = await launchChromium([]);
const context = () => browser.newContext({ ignoreHTTPSErrors: true });
try {
  const seen: Seen = {
    plain: await visit(await context(), ready.graphqlUrl),
    tls: await visit(await context(), ready.graphqlTlsUrl),
    attacks: {
      neighbour: await attack(await context(), `http://127.0.0.1:${port}/`, ready.graphqlUrl),
      outsider: await attack(await context(), `http://localhost:${port}/`, ready.graphqlUrl),
      object: await attack(await context(), htmlObject, ready.graphqlUrl),
    },
  };
  process.stdout.write(JSON.stringify(seen));
} finally {
  await browser.close();
  server.close();
}
