/** A client's request, of which only the shape is checked. */
export interface GraphQLRequest {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Headers in the form of `ctx.request.headers`. */
export type Headers = Readonly<Record<string, string | readonly string[]>>;
