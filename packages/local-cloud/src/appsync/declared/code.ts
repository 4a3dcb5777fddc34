import type { ResourceOf } from "../../base/graph.ts";
import { refuse } from "../../base/refusal.ts";
import type { DeclaredSource } from "./sources.ts";

type Coded = ResourceOf<"aws:appsync/function:Function"> | ResourceOf<"aws:appsync/resolver:Resolver">;

/** The code of a unit resolver or of a pipeline's function. Only one with a Lambda data source may have none. */
export function readStepCode(resource: Coded, { type }: DeclaredSource): string | undefined {
  const { code, runtime } = resource.inputs;
  return type === "AWS_LAMBDA" && !code && !runtime ? undefined : readCode(resource);
}

/** The code of a resolver or function that must have some. */
export function readCode(resource: Coded): string {
  const { code, runtime } = resource.inputs;
  if (!code) {
    refuse(resource, "code", `is missing; ${runtime ? "AWS takes a runtime only with code" : whereAbsent}`);
  }
  if (runtime?.name !== "APPSYNC_JS") {
    refuse(resource, "runtime", `is ${runtime?.name ?? "missing"}; AWS takes code only with APPSYNC_JS`);
  }
  if (code.length > 32_768) {
    refuse(resource, "code", `has ${code.length} characters; AWS takes 32768`);
  }
  return code;
}

const whereAbsent =
  "only a unit resolver or a function with a Lambda data source runs without. " +
  "docs/support.md says how VTL is moved to APPSYNC_JS";
