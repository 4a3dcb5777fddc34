/** The API, and the caller's token. */
export interface Endpoint {
  /** The stack's `graphqlUrl`. */
  readonly graphqlUrl: string;
  /** A valid access token. It is called before each request and each connection. */
  readonly token: () => string | Promise<string>;
}

/** An error of the API. `code` is the `errorType` of the first error in the answer. */
export class DarkroomError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = "DarkroomError";
    this.code = code;
  }
}

/** Runs one GraphQL operation. Throws `DarkroomError` for errors in the answer, and what `fetch` throws. */
export async function ask<Data>(
  { graphqlUrl, token }: Endpoint,
  query: string,
  variables: object,
  signal?: AbortSignal,
): Promise<Data> {
  const response = await fetch(graphqlUrl, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: await token() },
    body: JSON.stringify({ query, variables }),
    ...(signal && { signal }),
  });
  const { data, errors } = (await response.json()) as {
    data?: Data;
    errors?: { errorType?: string; message: string }[];
  };
  const [error] = errors ?? [];
  if (error || !data) {
    throw new DarkroomError(error?.errorType ?? `Http${response.status}`, error?.message ?? "No data came");
  }
  return data;
}

/** AppSync's own hosts have another host for real time. Custom domains and the local cloud have a path. */
export function realtimeUrl(graphqlUrl: string): string {
  const url = new URL(graphqlUrl);
  url.protocol = url.protocol.replace("http", "ws");
  const own = /^([^.]+)\.appsync-api\.(.+)$/.exec(url.hostname);
  if (own) {
    url.hostname = `${own[1]}.appsync-realtime-api.${own[2]}`;
  } else {
    url.pathname = `${url.pathname}/realtime`;
  }
  return url.href;
}
