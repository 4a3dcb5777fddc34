import { expect, it } from "@jest/globals";
import type { Ready } from "../../src/cloud.ts";
import { signPost } from "../../../../test/support/sign.ts";
import { usePrograms } from "./support.ts";

const { boot } = usePrograms();

interface Outputs {
  readonly apiKey: string;
  readonly shopUrl: string;
  readonly warehouseUrl: string;
  readonly warehouseRealtimeUrl: string;
}
const outputsOf = ({ outputs }: Ready): Outputs => outputs as unknown as Outputs;

async function post(url: string, headers: Record<string, string>, query: string): Promise<unknown> {
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify({ query }) });
  return response.json();
}

async function signed(ready: Ready, role: string, url: string, query: string): Promise<unknown> {
  const { roles, region } = ready;
  const credentials = roles[role];
  if (!credentials) {
    throw new Error(`No role ${role}`);
  }
  const body = JSON.stringify({ query });
  const headers = await signPost({ service: "appsync", region, credentials, url: new URL(url), body });
  return post(url, headers, query);
}

const order = 'mutation { order(product: "chair") { product reserved } }';
const reserve = 'mutation { reserve(product: "chair") { product by } }';

it("a function of one API calls the other, at the address that the program gives it", async () => {
  const { ready, complaints } = await boot("two-apis");
  const { apiKey, shopUrl, warehouseUrl, warehouseRealtimeUrl } = outputsOf(ready);
  expect(await post(shopUrl, { "x-api-key": apiKey }, order)).toEqual({
    data: { order: { product: "chair", reserved: true } },
  });
  expect(shopUrl).toBe(`${ready.endpointUrl}/graphql`);
  expect(warehouseUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/graphql\/[0-9a-f]{26}$/);
  const tls = (url: string) => `https://localhost:${new URL(url).port}${new URL(url).pathname}`;
  expect(ready.apis).toEqual([
    {
      name: "shop",
      graphqlUrl: shopUrl,
      graphqlTlsUrl: tls(shopUrl),
      realtimeUrl: ready.realtimeUrl,
      apiKeys: [apiKey],
    },
    {
      name: "warehouse",
      graphqlUrl: warehouseUrl,
      graphqlTlsUrl: tls(warehouseUrl),
      realtimeUrl: warehouseRealtimeUrl,
      apiKeys: [],
    },
  ]);
  expect(ready).toMatchObject({ graphqlUrl: shopUrl, apiKeys: [apiKey] });
  // Both have a field without a resolver. The warning names the API.
  expect(complaints).toEqual([expect.stringContaining("shop"), expect.stringContaining("warehouse")]);
});

it("what opens one API does not open the other", async () => {
  const { ready } = await boot("two-apis");
  const { apiKey, shopUrl, warehouseUrl } = outputsOf(ready);
  expect(await post(warehouseUrl, { "x-api-key": apiKey }, reserve)).toMatchObject({
    errors: [{ errorType: "UnauthorizedException" }],
  });
  expect(await signed(ready, "reserve", warehouseUrl, reserve)).toMatchObject({
    data: { reserve: { product: "chair" } },
  });
  // AppSync's own role may call the function, and not the warehouse.
  expect(await signed(ready, "source", warehouseUrl, reserve)).toMatchObject({
    errors: [{ errorType: "UnauthorizedException" }],
  });
  expect(await signed(ready, "reserve", shopUrl, order)).toMatchObject({
    errors: [{ errorType: "UnauthorizedException" }],
  });
});

it("without the permission the function's call is refused", async () => {
  const { ready } = await boot("two-apis", { config: { granted: "false" } });
  const { apiKey, shopUrl } = outputsOf(ready);
  expect(await post(shopUrl, { "x-api-key": apiKey }, order)).toMatchObject({
    data: { order: null },
    errors: [{ errorType: "Lambda:Unhandled", message: "Permission denied" }],
  });
});

it("each API has its page of GraphiQL", async () => {
  const { ready } = await boot("two-apis");
  const { shopUrl, warehouseUrl, apiKey } = outputsOf(ready);
  const page = async (url: string) => (await fetch(url, { headers: { accept: "text/html" } })).text();
  const [shop, warehouse] = await Promise.all([page(shopUrl), page(warehouseUrl)]);
  expect(shop).toContain('"title":"two-apis: shop"');
  expect(shop).toContain(apiKey);
  expect(warehouse).toContain('"title":"two-apis: warehouse"');
  expect(warehouse).toContain(`"graphqlPath":"${new URL(warehouseUrl).pathname}"`);
  expect(warehouse).not.toContain(apiKey);
});
