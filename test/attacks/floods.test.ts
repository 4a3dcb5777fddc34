import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import sharp from "sharp";
import { type Bill, difference, quantityOf } from "../../packages/local-cloud/src/meter/index.ts";
import { type Receiver, startReceiver } from "../../tools/chaos/receiver.ts";
import { prices } from "../../packages/local-cloud/src/meter/prices.ts";
import { type Client, send } from "../support/client.ts";
import { useCloud } from "../support/cloud.ts";
import { useOneDay } from "../support/day.ts";
import { costOf, withoutDurations } from "./bill.ts";
import { type AttackCost, readAttacks, readCosts, writeAttacks } from "./page.ts";
import { firewall, limits, refusedIn, scale } from "./scaled.ts";

useOneDay();

const rewrites = process.env["WRITE_DOCS"] === "1";
const stated = readAttacks();
const measured = new Map<string, AttackCost>();

afterAll(() => {
  if (rewrites) {
    writeAttacks(measured);
  }
});

/** What the page states is an upper bound, and not far from what is measured. */
function expectAsStated(name: string, bill: Bill, inTime: (bill: Bill) => AttackCost): void {
  const { hour, day } = inTime(bill);
  measured.set(name, { hour, day });
  if (!rewrites) {
    const page = stated.get(name) ?? { hour: 0, day: 0 };
    const counted = inTime(withoutDurations(bill));
    expect(counted.hour).toBeLessThanOrEqual(page.hour);
    expect(hour).toBeGreaterThanOrEqual(page.hour / 4);
    expect(counted.day).toBeLessThanOrEqual(page.day);
    expect(day).toBeGreaterThanOrEqual(page.day / 4);
  }
}

type Use = ReturnType<typeof useCloud>;

/** What was used by the work, and by all that follows from it. */
async function usedBy({ cloud }: ReturnType<Use>, work: () => Promise<unknown>): Promise<Bill> {
  await cloud.idle();
  const before = cloud.meter();
  await work();
  await cloud.idle();
  return difference(before, cloud.meter());
}

describe("a flood of sign-ups, at Cognito's 50 a second,", () => {
  const signUp = { "darkroom:signUp": '["example.com"]' };
  // One address stands for many.
  const many = { ...firewall, maxSignUpsOfAddress: firewall.maxSignUps };
  const invited = useCloud({ stack: "prod", mappings: false });
  const ofDomain = useCloud({ stack: "prod", config: signUp });
  const manyConfig = { ...signUp, "darkroom:firewall": JSON.stringify(many) };
  const fromMany = useCloud({ stack: "prod", config: manyConfig });
  const ofOtherDomain = useCloud({ stack: "prod", config: manyConfig, mappings: false });
  const count = 120;
  const triesInWindow = 50 * 300;

  async function flood(
    use: Use,
    domain: string,
  ): Promise<{ readonly bill: Bill; readonly answers: unknown[] }> {
    const { endpointUrl, userPoolClientId: ClientId } = use().cloud.ready;
    const answers: unknown[] = [];
    const bill = await usedBy(use(), async () => {
      for (let at = 0; at < count; at += 1) {
        const answer = await fetch(endpointUrl, {
          method: "POST",
          headers: {
            "content-type": "application/x-amz-json-1.1",
            "x-amz-target": "AWSCognitoIdentityProviderService.SignUp",
          },
          body: JSON.stringify({
            ...{ ClientId, Username: `mallory-${at}`, Password: "correct-Horse-1" },
            UserAttributes: [{ Name: "email", Value: `mallory-${at}@${domain}` }],
          }),
        });
        answers.push(((await answer.json()) as { readonly __type?: string }).__type);
      }
    });
    return { bill, answers: [...new Set(answers)] };
  }

  /** Of each five minutes, the first tries are measured. The firewall blocks all others. */
  const inTime = (bill: Bill): AttackCost => {
    const { usd, per } = prices["waf.requests"];
    const window = costOf(bill, 1) + ((triesInWindow - count) * usd) / per;
    return { hour: 12 * window, day: 288 * window };
  };

  it("costs requests of the firewall where only administrators invite", async () => {
    const { bill, answers } = await flood(invited, "example.com");
    expect(answers).toEqual(["NotAuthorizedException", "ForbiddenException"]);
    expect(quantityOf(bill, "waf.requests")).toBe(count);
    expectAsStated("sign-ups, `signUp: invited`", bill, inTime);
  });

  it("costs calls of a function with addresses of other domains, from many machines", async () => {
    const { bill, answers } = await flood(ofOtherDomain, "evil.example.org");
    expect(answers).toEqual(["UserLambdaValidationException", "ForbiddenException"]);
    expect(quantityOf(bill, "cognito.users")).toBe(0);
    expectAsStated("sign-ups with addresses of other domains, from many machines", bill, inTime);
  });

  it.each([
    ["", ofDomain, firewall.maxSignUpsOfAddress],
    [", from many machines", fromMany, firewall.maxSignUps],
  ])(
    "costs a monthly active user for each invented address of a listed domain that passes%s",
    async (from, use, passed) => {
      const { bill, answers } = await flood(use, "example.com");
      expect(answers).toEqual([undefined, "ForbiddenException"]);
      expect(quantityOf(bill, "cognito.users")).toBe(passed);
      expectAsStated(`sign-ups with invented addresses of a listed domain${from}`, bill, inTime);
    },
  );
});

describe("one user, with prod's limits,", () => {
  const config = { loopbackCallbacks: "true", "darkroom:limits": JSON.stringify(limits) };
  const use = useCloud({ stack: "prod", config });
  const bytes = limits.maxBytes / limits.maxChangesADay;
  let receiver: Receiver;
  let picture: Buffer;

  beforeAll(async () => {
    receiver = await startReceiver();
    // Progressive, because decoding it takes the most time.
    picture = await sharp({ create: { width: 6000, height: 4000, channels: 3, background: "teal" } })
      .jpeg({ progressive: true })
      .toBuffer();
  });
  afterAll(() => receiver.stop());

  let uploaded = 0;

  async function upload(client: Client): Promise<string> {
    const file = Buffer.alloc(bytes);
    picture.copy(file);
    file.writeUInt32BE(++uploaded, bytes - 4);
    const callbackUrl = `${receiver.url}/hook`;
    const { asset, upload: request } = await client.create(file, "image/jpeg", { callbackUrl });
    await send(request, file);
    return asset.id;
  }

  const relabel = (client: Client, id: string) =>
    client.ask("mutation ($id: ID!) { labelAsset(id: $id) { id } }", { id });

  /** All that the limits allow in the first hour, then requests that are refused. */
  const inTime = (bill: Bill): AttackCost => {
    const refused = (hours: number) =>
      ((readCosts().get("a refused mutation") ?? 0) * refusedIn(hours)) / 1_000_000;
    const allowed = costOf(bill, scale);
    return { hour: allowed + refused(1), day: allowed + refused(24) };
  };

  it("labels again and again", async () => {
    const { alice, cloud } = use();
    const bill = await usedBy(use(), async () => {
      const ids: string[] = [];
      while (ids.length < limits.maxLabelledADay) {
        ids.push(await upload(alice));
      }
      await cloud.idle();
      for (let changes = ids.length; changes < limits.maxChangesADay; changes += 1) {
        const { errors } = await relabel(alice, ids[changes % ids.length] ?? "");
        expect(errors).toBeUndefined();
        await cloud.idle();
      }
      const { errors } = await relabel(alice, ids[0] ?? "");
      expect(errors?.[0]?.message).toMatch(/^maxChangesADay: /);
    });
    expect(quantityOf(bill, "rekognition.images")).toBe(limits.maxLabelledADay);
    expect(receiver.received).toHaveLength(limits.maxCallbacksADay);
    expectAsStated("a user labels the same pictures again", bill, inTime);
  });

  it("fills what the limits allow", async () => {
    const { bob } = use();
    const bill = await usedBy(use(), async () => {
      for (let changes = 0; changes < limits.maxChangesADay; changes += 1) {
        await upload(bob);
      }
    });
    expect(quantityOf(bill, "rekognition.images")).toBe(limits.maxLabelledADay);
    await expect(upload(bob)).rejects.toThrow("maxChangesADay: ");
    expectAsStated("a user fills all limits of a day", bill, inTime);
  });
});
