import type { Ready } from "../../packages/local-cloud/src/cloud.ts";
import * as amplify from "./amplify.ts";
import { play } from "./scenario.ts";

const page = {
  play: (ready: Ready) => play(amplify, ready),
  /** What a page of another origin may read of a refusal. */
  async refusal({ graphqlTlsUrl }: Ready) {
    const { status, headers } = await fetch(graphqlTlsUrl, {
      method: "POST",
      headers: { authorization: "not.a.token", "content-type": "application/json" },
      body: JSON.stringify({ query: "{ me { id } }" }),
    });
    return {
      status,
      exposed: headers.get("x-amzn-errortype"),
      hidden: headers.get("x-amzn-appsync-tokensconsumed"),
    };
  },
};

export type Page = typeof page;

Object.assign(globalThis, { page });
