// Serves Chromium to a test, which connects to the address that this prints: npm's Chromium is found by an ES module.
import { chromium } from "playwright-core";
import { startChromium } from "../clients/chromium.ts";

const server = await startChromium((executablePath) => chromium.launchServer({ executablePath }));
process.stdout.write(`${server.wsEndpoint()}\n`);
// The test is over.
process.stdin.once("end", () => void server.close());
process.stdin.resume();
