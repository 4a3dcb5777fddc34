import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Bill, difference } from "../../packages/local-cloud/src/meter/index.ts";
import { costOf as costOfUse, prices } from "../../packages/local-cloud/src/meter/prices.ts";
import type { Limits } from "../../domain/schema.ts";
import { type Receiver, startReceiver } from "../../tools/chaos/receiver.ts";
import { useCloud } from "../support/cloud.ts";
import { useOneDay } from "../support/day.ts";
import { jpeg } from "../support/pictures.ts";
import { type Attack, attacksWith } from "./attacks.ts";
import { costOf, withoutDurations } from "./bill.ts";
import { type Given, mutations, queries, type RootField } from "./fields.ts";
import { readBurst, readCosts, readDay, writeCosts } from "./page.ts";

useOneDay();

const use = useCloud({ stack: "prod", config: { loopbackCallbacks: "true" } });

const rewrites = process.env["WRITE_DOCS"] === "1";
const stated = readCosts();
const measured = new Map<string, number>();

let attacks: ReturnType<typeof attacksWith>;
let receiver: Receiver;
let limits: Pick<Limits, "maxChangesADay" | "maxLabelledADay">;

beforeAll(async () => {
  const { alice, admin, cloud } = use();
  ({ limits } = await admin.get<{ limits: Limits }>("{ limits { maxChangesADay maxLabelledADay } }"));
  receiver = await startReceiver();
  attacks = attacksWith({
    client: alice,
    picture: await jpeg(),
    callbackUrl: `${receiver.url}/hook`,
    idle: () => cloud.idle(),
  });
});

afterAll(async () => {
  await receiver.stop();
  if (rewrites) {
    writeCosts(measured);
  }
});

/** US dollars for a million calls. Rekognition has a budget of its own. */
const costOfMillion = (used: Bill, calls = 1): number =>
  costOf(used, 1_000_000 / calls, ({ service }) => service !== "Rekognition");

const attackOn = ({ name }: RootField): Attack => attacks[name] ?? attacks.other;

const rounds = 2;

/** Calls one after the other: in a burst, each costs less, since calls share batches. */
async function attack(
  field: RootField,
): Promise<{ readonly used: Bill; readonly refusals: readonly string[] }> {
  const { alice, cloud } = use();
  const { prepare, follow } = attackOn(field);
  const given = [];
  for (let round = 0; round < rounds; round++) {
    given.push(await prepare());
  }
  await cloud.idle();
  const refusals: string[] = [];
  const before = cloud.meter();
  for (const values of given) {
    const answer = await alice.ask(field.document, field.variables(values));
    refusals.push(...(answer.errors ?? []).map(({ errorType = "", message }) => `${errorType}: ${message}`));
    if (!answer.errors) {
      await follow?.(answer);
    }
    await cloud.idle();
  }
  return { used: difference(before, cloud.meter()), refusals };
}

/** What the page states is an upper bound, and not far from what is measured. */
function expectAsStated(name: string, used: Bill, calls = 1): void {
  const usd = costOfMillion(used, calls);
  measured.set(name, Math.max(usd, measured.get(name) ?? 0));
  if (!rewrites) {
    expect({ name, stated: stated.get(name) }).toEqual({ name, stated: expect.any(Number) });
    expect(costOfMillion(withoutDurations(used), calls)).toBeLessThanOrEqual(stated.get(name) ?? 0);
    expect(usd).toBeGreaterThan((stated.get(name) ?? 0) / 4);
  }
}

const named = (fields: readonly RootField[]) => fields.map((field) => [field.name, field] as const);
const ofUsers = [...mutations, ...queries].filter(({ isForUsers }) => isForUsers);

describe("a million calls cost at most what docs/limits.md states; WRITE_DOCS=1 rewrites it", () => {
  it.each(named(ofUsers))("%s", async (name, field) => {
    const { used, refusals } = await attack(field);
    // At least one call takes effect. A profile can be created once only.
    expect(refusals.length < rounds ? [] : refusals).toEqual([]);
    expectAsStated(name, used, rounds);
  });

  it("a query with as many fields as AppSync runs", async () => {
    const { alice, cloud } = use();
    const page = (at: number) => `a${at}: listAssets(limit: 100) { items { id } }`;
    const document = `{ ${Array.from({ length: maxFields }, (_, at) => page(at)).join(" ")} }`;
    const before = cloud.meter();
    expect((await alice.ask(document)).errors).toBeUndefined();
    expectAsStated("listAssets, 250 times in one query", difference(before, cloud.meter()));
  });
});

/** Half of `resolverCountLimit`. */
const maxFields = 250;

/** They cost no more than a call that is refused. */
const neverRefused = ["cancelErasure"];

describe("a call beyond maxChangesADay costs at most what docs/limits.md states, and is refused:", () => {
  const valid = new Map<string, Given>();

  beforeAll(async () => {
    const { alice, admin } = use();
    for (const field of mutations) {
      valid.set(field.name, await attackOn(field).prepare());
    }
    await alice.ask('mutation { createUser(input: { name: "Alice" }) { id } }');
    const { me } = await alice.get<{ me: { usage: { changesToday: number } } }>(
      "{ me { usage { changesToday } } }",
    );
    await admin.get(
      "mutation ($max: Int) { setLimits(input: { maxChangesADay: $max }) { maxChangesADay } }",
      {
        max: me.usage.changesToday,
      },
    );
  });

  it.each(named(mutations))("%s", async (name, field) => {
    const { alice, cloud } = use();
    const variables = field.variables((field.isForUsers ? valid.get(name) : undefined) ?? {});
    await cloud.idle();
    const before = cloud.meter();
    const { errors } = await alice.ask(field.document, variables);
    await cloud.idle();
    const used = difference(before, cloud.meter());
    const usd = costOfMillion(used);
    if (!neverRefused.includes(name)) {
      expect(errors?.[0]?.errorType).toBe(field.isForUsers ? "QuotaExceeded" : "Unauthorized");
    }
    measured.set("a refused mutation", Math.max(usd, measured.get("a refused mutation") ?? 0));
    const bound = rewrites ? Infinity : (stated.get("a refused mutation") ?? 0);
    expect(costOfMillion(withoutDurations(used))).toBeLessThanOrEqual(bound);
  });
});

it("a day of a user costs at most what docs/limits.md states", () => {
  const dearest = Math.max(...mutations.map(({ name }) => stated.get(name) ?? 0));
  const day = readDay();
  expect(day.changes).toBeGreaterThanOrEqual((dearest * limits.maxChangesADay) / 1_000_000);
  expect(day.labels).toBe(costOfUse(prices["rekognition.images"], limits.maxLabelledADay));
  expect(day.sum).toBe(day.changes + day.labels);
});

it("a day of requests at the limit of the firewall costs at most what docs/limits.md states", () => {
  const acl = use().cloud.graph.resources.find(({ type }) => type === "aws:wafv2/webAcl:WebAcl");
  const rules = acl?.inputs["rules"] as readonly {
    readonly name: string;
    readonly statement: { readonly rateBasedStatement?: { limit: number; evaluationWindowSec: number } };
  }[];
  const rate = rules.find(({ name }) => name === "token")?.statement.rateBasedStatement;
  const requests = ((rate?.limit ?? 0) * 86_400) / (rate?.evaluationWindowSec ?? 0);
  const usd = (call: string) => Math.ceil(((stated.get(call) ?? 0) * requests) / 1_000_000);
  expect(readBurst()).toEqual({
    requests,
    refused: usd("a refused mutation"),
    lists: usd("listAssets, 250 times in one query"),
  });
});
