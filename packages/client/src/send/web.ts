import type { Reply, Sending } from "./request.ts";

/** The part of XMLHttpRequest that is used: types of the DOM are not among those of Node.js. */
interface Xhr {
  readonly status: number;
  readonly responseText: string;
  readonly upload: { onprogress: ((event: { readonly loaded: number }) => void) | null };
  onload: (() => void) | null;
  onerror: (() => void) | null;
  onabort: (() => void) | null;
  open(method: string, url: string): void;
  setRequestHeader(name: string, value: string): void;
  send(body: Blob): void;
  abort(): void;
}

/** Browsers report the progress of XMLHttpRequest only. Others send by `fetch`, and report the end. */
export function send(sending: Sending): Promise<Reply> {
  const { XMLHttpRequest: Request } = globalThis as { XMLHttpRequest?: new () => Xhr };
  return Request ? sendByXhr(new Request(), sending) : sendByFetch(sending);
}

function sendByXhr(
  request: Xhr,
  { url, method, headers, body, onProgress, signal }: Sending,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const abort = () => request.abort();
    const end = (then: () => void) => () => {
      signal?.removeEventListener("abort", abort);
      then();
    };
    // Safari reports a lost connection as abort.
    const fail = end(() =>
      reject(signal?.aborted ? (signal.reason as Error) : new Error("The connection ended")),
    );
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) {
      request.setRequestHeader(name, value);
    }
    request.upload.onprogress = ({ loaded }) => onProgress(loaded);
    request.onload = end(() => resolve({ status: request.status, text: request.responseText }));
    request.onerror = fail;
    request.onabort = fail;
    signal?.addEventListener("abort", abort, { once: true });
    request.send(body);
  });
}

async function sendByFetch({ url, method, headers, body, onProgress, signal }: Sending): Promise<Reply> {
  const response = await fetch(url, { method, headers, body, ...(signal && { signal }) });
  onProgress(body.size);
  return { status: response.status, text: await response.text() };
}
