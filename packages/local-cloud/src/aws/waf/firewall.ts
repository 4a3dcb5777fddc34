import type { IncomingHttpHeaders } from "node:http";
import { type Meter, noMeter } from "../../base/meter.ts";
import { type Graph, type Resource, resourcesOf } from "../../base/graph.ts";
import type { Clock, Log } from "../../base/service.ts";
import { RateCounter } from "./rate-counter.ts";

/** A request as its service passes it to WAF. */
export interface WebRequest {
  readonly headers: IncomingHttpHeaders;
  readonly address: string | undefined;
}

/** Whether the web ACL of an API or of a user pool blocks the request. */
export type Firewall = (resourceArn: string, request: WebRequest) => boolean;

interface Field {
  readonly singleHeader?: { readonly name: string };
}

/** A statement as the provider takes it, as far as it runs here. */
interface Statement {
  readonly rateBasedStatement?: RateBased;
  readonly regexMatchStatement?: { readonly regexString: string; readonly fieldToMatch?: Field };
  readonly byteMatchStatement?: {
    readonly searchString: string;
    readonly positionalConstraint: string;
    readonly fieldToMatch?: Field;
  };
  readonly notStatement?: { readonly statement?: Statement };
  readonly orStatement?: { readonly statements?: readonly Statement[] };
}

interface RateBased {
  readonly limit: number;
  readonly aggregateKeyType: string;
  readonly evaluationWindowSec?: number;
  readonly customKeys?: readonly { readonly header?: { readonly name: string } }[];
  readonly scopeDownStatement?: Statement;
}

interface Rule {
  readonly name: string;
  readonly priority: number;
  readonly statement: Statement;
  readonly action?: { readonly block?: object };
}

type Matches = (request: WebRequest) => boolean;

/** Rules that do not run here let everything pass, and the log names them. */
export function createFirewall(graph: Graph, clock: Clock, log: Log, meter: Meter = noMeter): Firewall {
  const acls = new Map(
    resourcesOf(graph, "aws:wafv2/webAcl:WebAcl").map((acl) => [
      acl.outputs.arn,
      { name: acl.name, blockers: blockersOf(acl, clock, log) },
    ]),
  );
  const byResource = new Map(
    resourcesOf(graph, "aws:wafv2/webAclAssociation:WebAclAssociation").map(({ inputs }) => [
      String(inputs["resourceArn"]),
      acls.get(String(inputs["webAclArn"])),
    ]),
  );
  return (resourceArn, request) => {
    const acl = byResource.get(resourceArn);
    if (acl === undefined) {
      return false;
    }
    meter.count("waf.requests", acl.name);
    return acl.blockers.some((blocks) => blocks(request));
  };
}

function blockersOf(acl: Resource, clock: Clock, log: Log): readonly Matches[] {
  const rules = (acl.inputs["rules"] ?? []) as readonly Rule[];
  return rules
    .toSorted((one, other) => one.priority - other.priority)
    .flatMap(({ name, statement, action }) => {
      const matches = action?.block === undefined ? undefined : compile(statement, clock);
      if (matches === undefined) {
        log.warn(`WebAcl ${acl.name}: the rule ${name} has no effect here`);
      }
      return matches ?? [];
    });
}

function compile(statement: Statement, clock: Clock): Matches | undefined {
  const { rateBasedStatement, regexMatchStatement, byteMatchStatement, notStatement, orStatement } =
    statement;
  if (rateBasedStatement) {
    return compileRate(rateBasedStatement, clock);
  }
  if (notStatement?.statement) {
    const inner = compile(notStatement.statement, clock);
    return inner && ((request) => !inner(request));
  }
  if (orStatement?.statements) {
    const inner = orStatement.statements.map((each) => compile(each, clock));
    return inner.includes(undefined) ? undefined : (request) => inner.some((matches) => matches?.(request));
  }
  const header = (regexMatchStatement ?? byteMatchStatement)?.fieldToMatch?.singleHeader?.name;
  if (header === undefined) {
    return undefined;
  }
  if (regexMatchStatement) {
    const pattern = new RegExp(regexMatchStatement.regexString);
    return (request) => pattern.test(valueOf(request, header) ?? "");
  }
  return byteMatchStatement?.positionalConstraint === "STARTS_WITH"
    ? (request) => (valueOf(request, header) ?? "").startsWith(byteMatchStatement.searchString)
    : undefined;
}

/** https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html */
function compileRate(rate: RateBased, clock: Clock): Matches | undefined {
  const { limit, evaluationWindowSec = 300, scopeDownStatement } = rate;
  const counts = scopeDownStatement === undefined ? () => true : compile(scopeDownStatement, clock);
  const keys = keysOf(rate);
  if (!counts || !keys) {
    return undefined;
  }
  const counter = new RateCounter(evaluationWindowSec, clock);
  return (request) => {
    const values = keys(request);
    // A request without one of the keys is not counted.
    return counts(request) && !values.includes(undefined) && counter.add(values.join("\n")) > limit;
  };
}

/** What requests are counted by. */
function keysOf({
  aggregateKeyType,
  customKeys = [],
}: RateBased): ((request: WebRequest) => readonly (string | undefined)[]) | undefined {
  if (aggregateKeyType === "IP") {
    return ({ address }) => [address];
  }
  if (aggregateKeyType === "CONSTANT") {
    return () => [];
  }
  const names = customKeys.flatMap(({ header }) => header?.name ?? []);
  return names.length === 0 || names.length < customKeys.length
    ? undefined
    : (request) => names.map((name) => valueOf(request, name));
}

const valueOf = ({ headers }: WebRequest, name: string): string | undefined =>
  headers[name.toLowerCase()]?.toString();
