// Runs the example of the client's README: node readme.ts, with the cloud's ready object in READY. Prints what the
// example printed as one line of JSON.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";
import { jpeg } from "../support/pictures.ts";

const ready = JSON.parse(process.env["READY"] ?? "") as Ready;
const client = join(import.meta.dirname, "..", "..", "packages", "client");
const [, example = ""] = /```ts\n(.*?)```/s.exec(readFileSync(join(client, "README.md"), "utf8")) ?? [];

/** What the example has from the app around it. */
const { userPoolId, userPoolClientId, endpointUrl, graphqlUrl } = ready;
const given = { userPoolId, userPoolClientId, endpointUrl, graphqlUrl, password: ready.users[0]?.password };
const bytes = await jpeg();
const setting = `const { ${Object.keys(given).join(", ")} } = ${JSON.stringify(given)};
const file = new File([Buffer.from("${bytes.toString("base64")}", "base64")], "sunset.jpg", { type: "image/jpeg" });
`;

// Names of packages are found from a file's folder.
const module = join(client, `readme-${process.pid}.ts`);
const printed: unknown[][] = [];
console.log = (...values) => void printed.push(values);
try {
  writeFileSync(module, `${setting}${example}`);
  await import(module);
} finally {
  rmSync(module);
}
process.stdout.write(JSON.stringify(printed), () => process.exit(0));
