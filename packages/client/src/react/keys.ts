import type { QueryKey } from "@tanstack/react-query";

/** Of each query: whose view, the operation, its variables, and what it includes. */
export type DarkroomKey = readonly [
  "darkroom",
  viewer: string,
  operation: string,
  variables: { readonly ownerId?: string | null },
  include: object,
];

export const keyOf = (viewer: string, operation: string, variables: object, include: object): DarkroomKey => [
  "darkroom",
  viewer,
  operation,
  variables,
  include,
];

export const isDarkroomKey = (key: QueryKey): key is DarkroomKey => key[0] === "darkroom" && key.length === 5;
