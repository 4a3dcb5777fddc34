/** The API, and the caller's token. */
export interface Endpoint {
  /** The stack's `graphqlUrl`. */
  readonly graphqlUrl: string;
  /** A valid access token. It is called before each request and each connection. */
  readonly token: () => string | Promise<string>;
}

/** An error of the API. `code` and `info` are the `errorType` and `errorInfo` of the first error in the answer. */
export class DarkroomError extends Error {
  readonly code: string;
  readonly info: unknown;

  constructor(code: string, message: string, info?: unknown) {
    super(message);
    this.name = "DarkroomError";
    this.code = code;
    this.info = info;
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
    errors?: { errorType?: string; message: string; errorInfo?: unknown }[];
  };
  const [error] = errors ?? [];
  if (error || !data) {
    const code = error?.errorType ?? `Http${response.status}`;
    throw new DarkroomError(code, error?.message ?? "No data came", error?.errorInfo);
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
