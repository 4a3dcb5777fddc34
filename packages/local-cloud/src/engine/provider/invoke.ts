import { createHash } from "node:crypto";
import { EvaluationError } from "../error.ts";
import { ACCOUNT_ID } from "../../base/graph.ts";

/** Runs a data source of the AWS provider, by Pulumi token. Throws an `EvaluationError` UnknownInvoke. */
export function invoke(token: string, args: Readonly<Record<string, unknown>>, region: string): Result {
  const known = invokes[token];
  if (known === undefined) {
    throw new EvaluationError(
      "UnknownInvoke",
      `The program calls ${token}, which the local cloud does not know: add it to packages/local-cloud/src/engine/provider/invoke.ts.`,
    );
  }
  return known(args, typeof args["region"] === "string" ? args["region"] : region);
}

type Result = Readonly<Record<string, unknown>>;

const invokes: Readonly<Record<string, (args: Result, region: string) => Result>> = {
  "aws:iam/getPolicyDocument:getPolicyDocument": policyDocument,
  "aws:index/getAvailabilityZones:getAvailabilityZones": (args, region) => ({
    ...args,
    id: region,
    groupNames: [region],
    names: ["a", "b", "c"].map((zone) => region + zone),
    zoneIds: [1, 2, 3].map((zone) => `${zonePrefix(region)}-az${zone}`),
  }),
  "aws:index/getCallerIdentity:getCallerIdentity": () => ({
    id: ACCOUNT_ID,
    accountId: ACCOUNT_ID,
    arn: `arn:aws:iam::${ACCOUNT_ID}:root`,
    userId: ACCOUNT_ID,
  }),
  "aws:index/getPartition:getPartition": () => ({
    id: "aws",
    partition: "aws",
    dnsSuffix: "amazonaws.com",
    reverseDnsPrefix: "com.amazonaws",
  }),
  "aws:index/getRegion:getRegion": (_args, region) => ({
    id: region,
    region,
    name: region,
    endpoint: `ec2.${region}.amazonaws.com`,
    description: region,
  }),
};

/** `us-east-1` -> `use1`, `ap-southeast-2` -> `apse2`: AWS's short names of regions. */
function zonePrefix(region: string): string {
  const [area = "", ...rest] = region.split("-");
  const directions = rest.map((part) => part.match(/north|south|east|west|central|gov|\d+/g) ?? []).flat();
  return area + directions.map((part) => (/\d/.test(part) ? part : part.charAt(0))).join("");
}

interface StatementArgs {
  readonly sid?: string;
  readonly effect?: string;
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
  readonly resources?: readonly string[];
  readonly notResources?: readonly string[];
  readonly principals?: readonly PrincipalArgs[];
  readonly notPrincipals?: readonly PrincipalArgs[];
  readonly conditions?: readonly { test: string; variable: string; values: readonly string[] }[];
}
interface PrincipalArgs {
  readonly type: string;
  readonly identifiers: readonly string[];
}
interface Statement {
  readonly Sid?: string;
}
interface DocumentArgs {
  readonly version?: string;
  readonly policyId?: string;
  readonly statements?: readonly StatementArgs[];
  readonly sourcePolicyDocuments?: readonly string[];
  readonly overridePolicyDocuments?: readonly string[];
}

function policyDocument(input: Result): Result {
  const args = input as DocumentArgs;
  const layers = [
    ...(args.sourcePolicyDocuments ?? []).map(statementsOf),
    (args.statements ?? []).map(statement),
    ...(args.overridePolicyDocuments ?? []).map(statementsOf),
  ];
  const document = {
    Version: args.version ?? "2012-10-17",
    ...(args.policyId !== undefined && { Id: args.policyId }),
    Statement: layers.reduce(override, []),
  };
  // `&{aws:username}` stands for a policy variable, because `${...}` has another meaning in many languages.
  const write = (indent?: number) => JSON.stringify(document, null, indent).replaceAll("&{", "${");
  const id = createHash("sha256").update(write()).digest("hex").slice(0, 10);
  return { ...input, id, json: write(2), minifiedJson: write() };
}

/** Later statements replace earlier ones of the same Sid. */
function override(earlier: readonly Statement[], later: readonly Statement[]): readonly Statement[] {
  const replaced = new Set(later.map(({ Sid }) => Sid).filter((sid) => sid !== undefined));
  return [...earlier.filter(({ Sid }) => Sid === undefined || !replaced.has(Sid)), ...later];
}

function statementsOf(json: string): readonly Statement[] {
  const { Statement } = JSON.parse(json) as { Statement: Statement | readonly Statement[] };
  return Array.isArray(Statement) ? (Statement as readonly Statement[]) : [Statement as Statement];
}

function statement(args: StatementArgs): Statement {
  const parts = {
    Sid: args.sid,
    Effect: args.effect ?? "Allow",
    Action: oneOrMany(args.actions),
    NotAction: oneOrMany(args.notActions),
    Resource: oneOrMany(args.resources),
    NotResource: oneOrMany(args.notResources),
    Principal: principals(args.principals),
    NotPrincipal: principals(args.notPrincipals),
    Condition: conditions(args.conditions),
  };
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
}

function oneOrMany(values: readonly string[] = []): string | readonly string[] | undefined {
  return values.length > 1 ? values : values[0];
}

function principals(all: readonly PrincipalArgs[] = []): unknown {
  if (all.some(({ type }) => type === "*")) {
    return "*";
  }
  const byType = Map.groupBy(all, ({ type }) => type);
  if (byType.size === 0) {
    return undefined;
  }
  return Object.fromEntries(
    [...byType].map(([type, same]) => [type, oneOrMany(same.flatMap(({ identifiers }) => identifiers))]),
  );
}

function conditions(all: StatementArgs["conditions"] = []): unknown {
  if (all.length === 0) {
    return undefined;
  }
  const byTest: Record<string, Record<string, unknown>> = {};
  for (const { test, variable, values } of all) {
    (byTest[test] ??= {})[variable] = oneOrMany(values);
  }
  return byTest;
}
