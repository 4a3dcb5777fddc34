import { type Graph, ofType } from "../../base/graph.ts";
import { type Declared, refuse } from "../../base/refusal.ts";

/** What a response headers policy does to an answer. */
export interface HeaderRules {
  /** Lower-case names. One without `override` is set only if the origin did not. */
  readonly set: readonly { readonly name: string; readonly value: string; readonly override: boolean }[];
  readonly remove: readonly string[];
}

const none: HeaderRules = { set: [], remove: [] };

/**
 * The policy with this id. Without Strict-Transport-Security, which would reach all that listens on localhost.
 * https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ResponseHeadersPolicyConfig.html
 */
export function headerRulesOf(graph: Graph, distribution: Declared, id: string | undefined): HeaderRules {
  if (id === undefined) {
    return none;
  }
  const policy = ofType(graph, "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy").find(
    (one) => one.id === id,
  );
  if (!policy) {
    return refuse(
      distribution,
      "defaultCacheBehavior.responseHeadersPolicyId",
      `is ${id}, which is not declared`,
    );
  }
  const { securityHeadersConfig: security = {}, customHeadersConfig, removeHeadersConfig } = policy.inputs;
  const { contentSecurityPolicy, contentTypeOptions, frameOptions, referrerPolicy, xssProtection } = security;
  const named = [
    [
      "content-security-policy",
      contentSecurityPolicy?.contentSecurityPolicy,
      contentSecurityPolicy?.override,
    ],
    ["x-content-type-options", contentTypeOptions && "nosniff", contentTypeOptions?.override],
    ["x-frame-options", frameOptions?.frameOption, frameOptions?.override],
    ["referrer-policy", referrerPolicy?.referrerPolicy, referrerPolicy?.override],
    ["x-xss-protection", xssProtection && protection(xssProtection), xssProtection?.override],
  ] as const;
  const custom = (customHeadersConfig?.items ?? []).map(
    ({ header, value, override }) => [header.toLowerCase(), value, override] as const,
  );
  return {
    set: [...named, ...custom].flatMap(([name, value, override = false]) =>
      value === undefined ? [] : [{ name, value, override }],
    ),
    remove: (removeHeadersConfig?.items ?? []).map(({ header }) => header.toLowerCase()),
  };
}

function protection(given: { protection: boolean; modeBlock?: boolean | undefined }): string {
  return given.protection ? `1${given.modeBlock ? "; mode=block" : ""}` : "0";
}

export function applyRules(
  rules: HeaderRules,
  origin: Readonly<Record<string, string>>,
): Record<string, string> {
  const kept = Object.entries(origin).filter(([name]) => !rules.remove.includes(name));
  const headers = Object.fromEntries(kept);
  for (const { name, value, override } of rules.set) {
    if (override || headers[name] === undefined) {
      headers[name] = value;
    }
  }
  return headers;
}
