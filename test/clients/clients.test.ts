import { beforeAll, describe } from "@jest/globals";
import { useCloud } from "../support/cloud.ts";
import { amplify, answered, apollo, behaves, notAuthorized, type Refusals } from "./behaviour.ts";
import { runScript } from "./child.ts";
import type { Report } from "./scenario.ts";

const use = useCloud();

const clients: readonly [name: string, module: string, refusals: Refusals][] = [
  ["aws-amplify 6", "./amplify.ts", amplify],
  ["Apollo Client 4", "./apollo-4.ts", apollo],
  ["Apollo Client 3", "./apollo-3/client.ts", apollo],
  ["graphql-request 7", "./graphql-request.ts", { http: answered }],
  ["urql 6", "./urql.ts", { http: answered }],
  ["fetch, signed for roles", "./signed.ts", { http: answered, socket: { start: notAuthorized } }],
];

/** All at the same time, as one user, so that each also gets events of assets that are not its own. */
const running = new Map<string, Promise<Report>>();
beforeAll(() => {
  for (const [, module] of clients) {
    const report = runScript<Report>(use().cloud.ready, "run.ts", module);
    // The tests of this client have it.
    report.catch(() => undefined);
    running.set(module, report);
  }
});

describe.each(clients)("%s", (_, module, refusals) => {
  let report: Report;
  beforeAll(async () => {
    report = (await running.get(module)) as Report;
  });
  behaves(refusals, () => report);
});
