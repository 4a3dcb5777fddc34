import type { DocumentNode } from "graphql";

/** The types of a browser and of the earlier scripts that the page uses. Node.js's types have the rest. */
interface Browser {
  readonly document: { title: string; getElementById(id: string): { readonly textContent: string } };
  readonly location: { readonly origin: string; readonly host: string };
  readonly React: {
    readonly createElement: (type: unknown, props: object | null, ...children: unknown[]) => unknown;
    readonly useState: <State>(initial: State) => [State, (state: State) => void];
  };
  readonly ReactDOM: { createRoot(element: unknown): { render(node: unknown): void } };
  /** https://www.npmjs.com/package/graphiql/v/3.9.0 */
  readonly GraphiQL: {
    readonly Logo: unknown;
    readonly Footer: unknown;
    readonly GraphQL: { readonly parse: (query: string) => DocumentNode };
  };
}

export const { document, location, React, ReactDOM, GraphiQL } = globalThis as unknown as Browser;
