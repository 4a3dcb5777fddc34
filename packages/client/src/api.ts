/** The API, and the caller's token. */
export interface Endpoint {
  /** The stack's `graphqlUrl`. */
  readonly graphqlUrl: string;
  /** A valid access token. It is called before each request and each connection. */
  readonly token: () => string | Promise<string>;
}

/** What an error's `errorType` does not say. */
interface Details {
  /** Where in the answer the error happened. */
  readonly path?: readonly (string | number)[] | undefined;
  /** What the API could answer in spite of the error. */
  readonly data?: unknown;
  /** The `errorInfo` of some errors. */
  readonly info?: unknown;
  readonly cause?: unknown;
}

/**
 * Every error of the client. `errorType` is stable: the API's own, `NetworkError` if no answer came, `Http502` and the
 * like for an answer that is not the API's. Of several errors in an answer, it is the first.
 */
export class DarkroomError extends Error {
  override readonly name = "DarkroomError";
  readonly errorType: string;
  readonly path: Details["path"];
  readonly data: unknown;
  readonly info: unknown;

  constructor(errorType: string, message: string, { path, data, info, cause }: Details = {}) {
    super(message, { cause });
    this.errorType = errorType;
    this.path = path;
    this.data = data;
    this.info = info;
  }
}

interface Answer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly {
    readonly errorType?: string;
    readonly errorInfo?: unknown;
    readonly message: string;
    readonly path?: readonly (string | number)[];
  }[];
}

/** Runs one GraphQL operation. Throws `DarkroomError`, and the signal's reason if it aborts. */
export async function ask<Data>(
  { graphqlUrl, token }: Endpoint,
  query: string,
  variables: object,
  signal?: AbortSignal,
): Promise<Data> {
  const authorization = await token();
  const { status, text } = await post(
    graphqlUrl,
    { "content-type": "application/json", authorization },
    JSON.stringify({ query, variables }),
    signal,
  );
  const { data, errors } = parse<Data>(text, status);
  const [error] = errors ?? [];
  if (error || !data) {
    const {
      errorType = `Http${status}`,
      message = "The answer has no data",
      path,
      errorInfo: info,
    } = error ?? {};
    throw new DarkroomError(errorType, message, { path, data, info });
  }
  return data;
}

async function post(url: string, headers: Record<string, string>, body: string, signal?: AbortSignal) {
  try {
    const response = await fetch(url, { method: "POST", headers, body, ...(signal && { signal }) });
    return { status: response.status, text: await response.text() };
  } catch (cause) {
    signal?.throwIfAborted();
    throw new DarkroomError("NetworkError", "The API could not be reached", { cause });
  }
}

/** A proxy may answer with something else. */
function parse<Data>(text: string, status: number): Answer<Data> {
  try {
    return JSON.parse(text) as Answer<Data>;
  } catch (cause) {
    throw new DarkroomError(`Http${status}`, `The answer with status ${status} is not the API's`, { cause });
  }
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
