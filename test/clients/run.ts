// Puts one client through the scenario: node run.ts <its module>, with the cloud's ready object in READY. Prints the
// report as one line of JSON.
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";
import { type ClientModule, play } from "./scenario.ts";

const ready = JSON.parse(process.env["READY"] ?? "") as Ready;
const library = (await import(process.argv[2] ?? "")) as ClientModule;
const report = await play(library, ready);
// Amplify keeps timers for some seconds after it is done.
process.stdout.write(JSON.stringify(report), () => process.exit(0));
