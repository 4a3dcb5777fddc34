import { describe, expect, it } from "@jest/globals";

import { DYNAMODB_CASES } from "./dynamodb-cases.ts";
import { declaredFunctions } from "./table.ts";
import { type Cases, UTIL_CASES } from "./util-cases.ts";
import { runBody, problemsOf, valueOf } from "../runtime/support.ts";

const FUNCTIONS = declaredFunctions();
const REFUSED_MODULES = ["@aws-appsync/utils/rds", "@aws-appsync/utils/ai"];
const REFUSED = ["util.rds.toJsonObject", "util.transform.toElasticsearchQueryDSL", "ddb.sync"];

const CASES: Cases = { ...UTIL_CASES, ...DYNAMODB_CASES };

describe("every function that AWS declares", () => {
  it("is in the list", () => expect(FUNCTIONS).toHaveLength(106));

  it.each(FUNCTIONS.map(({ called, module }) => [called, module] as const))(
    "%s of %s works, or is refused by name",
    (name, module) => {
      if (REFUSED_MODULES.includes(module)) {
        const member = name.split(".")[0] ?? name;
        const [problem] = problemsOf(
          `import { ${member} } from "${module}"; export function request() { return 1; }`,
        );
        expect(problem?.value).toContain(
          `import from "${module}" is not supported, as no data source of this kind runs locally`,
        );
      } else if (REFUSED.includes(name)) {
        const imports = `import { util } from "@aws-appsync/utils"; import * as ddb from "@aws-appsync/utils/dynamodb";`;
        const [problem] = problemsOf(`${imports} export function request() { return ${name}({}); }`);
        expect(problem?.value).toMatch(
          /is not supported: (no data source of this kind runs locally|AWS declares it and refuses it)/u,
        );
      } else {
        const cases = CASES[name];
        if (cases === undefined) {
          throw new Error(`${name} is neither supported nor refused`);
        }
        for (const [call, expected] of cases) {
          expect(valueOf(call)).toEqual(expected);
        }
      }
    },
  );

  it("ends the evaluation where it says so", () => {
    expect(runBody(`util.error("m", "T", { a: 1 }, [2]); return 1;`).end).toEqual({
      kind: "error",
      error: { message: "m", errorType: "T", data: { a: 1 }, errorInfo: [2] },
      unauthorized: false,
    });
    expect(runBody(`util.error("m");`).end).toMatchObject({
      error: { errorType: null, data: null, errorInfo: null },
    });
    expect(runBody(`util.unauthorized();`).end).toMatchObject({
      kind: "error",
      unauthorized: true,
      error: { errorType: "Unauthorized" },
    });
    expect(runBody(`runtime.earlyReturn({ a: 1 });`).end).toEqual({
      kind: "early",
      value: { a: 1 },
      skipTo: "NEXT",
    });
    expect(runBody(`runtime.earlyReturn(undefined, { skipTo: "END" });`).end).toEqual({
      kind: "early",
      value: null,
      skipTo: "END",
    });
  });
});
