import { isObject } from "../../base/checks.ts";
import type { GraphQLRequest } from "../model/request.ts";
import { malformed } from "../refusal.ts";

/** The body of a POST, of every content type. Throws `Refusal`. */
export function parseBody(body: string): GraphQLRequest {
  if (body.trim() === "") {
    throw malformed("Request body is empty.");
  }
  return toRequest(parseJson(body));
}

/** The query string of a GET. Throws `Refusal`. */
export function parseQueryString(parameters: URLSearchParams): GraphQLRequest {
  const variables = parameters.get("variables");
  return toRequest({
    query: parameters.get("query"),
    operationName: parameters.get("operationName"),
    variables: variables === null || variables === "" ? null : parseJson(variables),
  });
}

function toRequest(value: unknown): GraphQLRequest {
  if (!isObject(value)) {
    throw unreadable();
  }
  const { query, operationName, variables } = value;
  if (typeof query !== "string") {
    throw unreadable();
  }
  if (typeof (operationName ?? "") !== "string" || !isObject(variables ?? {})) {
    throw unreadable();
  }
  return {
    query,
    operationName: (operationName as string | null | undefined) ?? undefined,
    variables: (variables as GraphQLRequest["variables"] | null | undefined) ?? {},
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unreadable();
  }
}

function unreadable() {
  return malformed("Unable to parse GraphQL query.");
}
