/** What a client asks to run, checked in shape only. */
export interface GraphQLRequest {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** As `ctx.request.headers` has them. */
export type Headers = Readonly<Record<string, string | readonly string[]>>;
