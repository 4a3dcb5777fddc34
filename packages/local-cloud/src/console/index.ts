import { randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { splitTarget } from "../aws/gateway/canonical.ts";
import { type Asset, isForeign, isScripted, send } from "../base/page.ts";
import { answerTo, type Question } from "./api.ts";
import { findAsset, pageHtml } from "./assets.ts";
import type { Sources } from "./sources.ts";

export interface Console {
  /** The address with the token, for a person to open. */
  readonly path: string;
  /** Serves the console's paths. Returns false for others. */
  readonly onRequest: (request: IncomingMessage, response: ServerResponse) => boolean;
}

const base = "/_console/";

/**
 * A page that shows what the cloud does. It shows everything, so no other page may read it: the address has a token,
 * which becomes a cookie for the page. The page has a token of its own for its requests, since objects in S3 have the
 * same origin and would get the cookie. No answer allows another origin.
 */
export function createConsole(sources: Sources): Console {
  const tokens = { link: token(), page: token() };
  return {
    path: `${base}?token=${tokens.link}`,
    onRequest(request, response) {
      const [path, query] = splitTarget(request.url ?? "");
      if (path !== "/_console" && !path.startsWith(base)) {
        return false;
      }
      if (isForeign(request)) {
        refuse(response, 403, "The console answers its own page only.");
        return true;
      }
      const name = path.slice(base.length);
      if (name.startsWith("api/")) {
        void answerApi(request, response, { name: name.slice(4), query, token: tokens.page, sources });
      } else if (name === "") {
        answerPage(request, response, query, tokens, sources.title);
      } else {
        answerAsset(request, response, name);
      }
      return true;
    },
  };
}

function answerAsset({ method }: IncomingMessage, response: ServerResponse, name: string): void {
  const asset = method === "GET" ? findAsset(name) : undefined;
  if (asset) {
    respond(response, 200, asset);
  } else {
    refuse(response, 404, "The console has no such file.");
  }
}

const token = (): string => randomBytes(16).toString("hex");

const isSame = (given: string, wanted: string): boolean =>
  given.length === wanted.length && timingSafeEqual(Buffer.from(given), Buffer.from(wanted));

interface Tokens {
  readonly link: string;
  readonly page: string;
}

function answerPage(
  request: IncomingMessage,
  response: ServerResponse,
  query: string,
  { link, page }: Tokens,
  title: string,
): void {
  const given = new URLSearchParams(query).get("token") ?? "";
  // A script or a frame of this origin must not read the page, which has the token for requests.
  if (isScripted(request) || request.method !== "GET") {
    refuse(response, 403, "Open the console from the address bar.");
  } else if (isSame(given, link)) {
    response.setHeader("set-cookie", `console=${link}; Path=/_console; HttpOnly; SameSite=Strict`);
    response.setHeader("location", base);
    refuse(response, 303, "");
  } else if (isSame(cookieOf(request), link)) {
    response.setHeader("content-security-policy", policy);
    respond(response, 200, { type: "text/html;charset=utf-8", content: pageHtml({ title, token: page }) });
  } else {
    refuse(response, 403, "Open the address of the console that was printed at the start.");
  }
}

const cookieOf = ({ headers: { cookie = "" } }: IncomingMessage): string =>
  /(?:^|; )console=([0-9a-f]+)/.exec(cookie)?.[1] ?? "";

const policy = [
  ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src data:", "connect-src 'self'"],
  ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
].join("; ");

interface Asked extends Omit<Question, "post" | "body"> {
  readonly token: string;
}

async function answerApi(
  request: IncomingMessage,
  response: ServerResponse,
  { token: wanted, ...asked }: Asked,
): Promise<void> {
  const { "x-console-token": given = "" } = request.headers;
  if (typeof given !== "string" || !isSame(given, wanted)) {
    refuse(response, 403, "The console answers its own page only.");
    return;
  }
  try {
    const answer = await answerTo({ ...asked, post: request.method === "POST" });
    if (answer === undefined) {
      refuse(response, 404, "The console has no such answer.");
    } else {
      respond(response, 200, { type: "application/json", content: JSON.stringify(answer) });
    }
  } catch (error) {
    refuse(response, 400, error instanceof Error ? error.message : String(error));
  }
}

const refuse = (response: ServerResponse, status: number, content: string): void =>
  respond(response, status, { type: "text/plain;charset=utf-8", content });

/** The address has a token: no page learns it as a referrer. */
const respond = (response: ServerResponse, status: number, asset: Asset): void =>
  send(response, status, asset, "no-referrer");
