// Asks every port that it is given for rows, from a page in Chromium: node neighbour.ts, with ports and requests in ASKED.
// The page's own origin is another loopback port. Prints what the page read as one line of JSON.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { launchChromium } from "../clients/chromium.ts";
import type { Asked } from "./neighbours.test.ts";

const asked = JSON.parse(process.env["ASKED"] ?? "") as Asked;
const server = createServer((_, response) => {
  response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>neighbour</title>");
});
await once(server.listen(0, "127.0.0.1"), "listening");
const browser = await launchChromium(["--ignore-certificate-errors"]);
try {
  const tab = await browser.newPage();
  await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const read = await tab.evaluate(async ({ origins, requests }) => {
    const answers: string[] = [];
    for (const origin of origins) {
      for (const { headers, body } of requests) {
        const text = fetch(`${origin}/`, { method: "POST", headers, body }).then((answer) => answer.text());
        answers.push(await text.catch((error: unknown) => `not readable: ${String(error)}`));
      }
    }
    return answers;
  }, asked);
  process.stdout.write(JSON.stringify(read));
} finally {
  await browser.close();
  server.close();
}
