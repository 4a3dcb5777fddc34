import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "@jest/globals";

import { problemsOf } from "../runtime/support.ts";
import { declaredFunctions, refusalOf, utilsPage } from "./table.ts";

const PAGE = join(import.meta.dirname, "../../../../../docs/appsync-utils.md");

it("docs/appsync-utils.md describes what the library does; WRITE_DOCS=1 rewrites it", () => {
  const page = utilsPage();
  if (process.env["WRITE_DOCS"] === "1") {
    writeFileSync(PAGE, page);
  }
  expect(readFileSync(PAGE, "utf8")).toBe(page);
});

it.each(declaredFunctions().map((one) => [one.called, one.module, one] as const))(
  "%s of %s compiles exactly if the page says that it is supported",
  (called, module, one) => {
    const [root = ""] = called.split(".");
    const named = module.endsWith("/dynamodb") ? "* as ddb" : `{ ${root} }`;
    const problems = problemsOf(
      `import ${named} from "${module}"; export function request() { const a = ${called}({}); return a; }`,
    );
    const reason = refusalOf(one);
    expect(problems.some(({ value }) => reason !== undefined && value.includes(reason))).toBe(
      reason !== undefined,
    );
    expect(problems.length > 0).toBe(reason !== undefined);
  },
);
