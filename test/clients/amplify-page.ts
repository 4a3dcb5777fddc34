// Runs the code of docs/amplify.md, in its order: node amplify-page.ts, with the cloud's ready object in READY. Prints
// what the code printed as one line of JSON.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Ready } from "../../packages/local-cloud/src/cloud.ts";
import { jpeg } from "../support/pictures.ts";

const ready = JSON.parse(process.env["READY"] ?? "") as Ready;
const page = readFileSync(join(import.meta.dirname, "..", "..", "docs", "amplify.md"), "utf8");
const code = Array.from(page.matchAll(/```js\n(.*?)```/gs), ([, block]) => block).join("\n");

/** What the code has from the app around it. */
const { userPoolId, userPoolClientId, endpointUrl, region, graphqlTlsUrl: graphqlUrl } = ready;
const given = {
  userPoolId,
  userPoolClientId,
  endpointUrl,
  region,
  graphqlUrl,
  password: ready.users[0]?.password,
};
const bytes = (await jpeg()).toString("base64");
const setting = `const { ${Object.keys(given).join(", ")} } = ${JSON.stringify(given)};
const file = new File([Buffer.from("${bytes}", "base64")], "sunset.jpg", { type: "image/jpeg" });
`;

// Names of packages are found from a file's folder.
const module = join(import.meta.dirname, `amplify-page-${process.pid}.mjs`);
const printed: unknown[][] = [];
console.log = (...values) => void printed.push(values);
try {
  writeFileSync(module, `${setting}${code}`);
  await import(module);
} finally {
  rmSync(module);
}
process.stdout.write(JSON.stringify(printed), () => process.exit(0));
