import { describe, expect, it } from "@jest/globals";
import { addressesOf, destinationOf, isAllowed } from "../../../functions/shared/destination.ts";
import { refusedUrls } from "../../support/callback-urls.ts";

const deployed = { loopback: false };
const local = { loopback: true };

describe("a callback URL", () => {
  it.each(Object.entries(refusedUrls))("is refused: %s", (_, text) => {
    expect(() => destinationOf(text, deployed)).toThrow();
  });

  it.each([
    ["https://example.com/hook?key=1#part", "https://example.com/hook?key=1"],
    ["https://example.com:443/", "https://example.com/"],
    ["https://EXAMPLE.com./", "https://example.com./"],
    ["https://bücher.example.com/", "https://xn--bcher-kva.example.com/"],
    ["https://s3.example.com/", "https://s3.example.com/"],
  ])("is taken as it will be called: %s", (text, href) => {
    expect(destinationOf(text, deployed).url.href).toBe(href);
  });

  it("may be this machine's, over plain http, in the local cloud, and nothing else inside", () => {
    expect(destinationOf("http://127.0.0.1:9000/hook", local).loopback).toBe(true);
    expect(destinationOf("http://localhost:9000/hook", local).loopback).toBe(true);
    for (const text of [
      "http://10.0.0.1/",
      "http://example.com/",
      "https://127.0.0.1/",
      "http://[::1]:9000/",
    ]) {
      expect(() => destinationOf(text, local)).toThrow();
    }
  });
});

describe("an address", () => {
  const first = (subnet: string) => subnet.split("/")[0] ?? "";
  const inside = [
    ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"],
    ...["192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15"],
    ...["198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"],
    ...["::/128", "::1/128", "::ffff:8.8.8.8/96", "::8.8.8.8/96", "64:ff9b::808:808/96", "100::/64"],
    ...["2001::1/32", "2001:db8::1/32", "2002:808:808::1/16", "3fff::1/20", "fc00::1/7", "fd00:ec2::254/7"],
    ...["fe80::1/10", "fec0::1/10", "ff02::1/8", "4000::1/3"],
  ];
  it.each(inside.map(first))("that is not of the public internet is refused: %s", (address) => {
    expect(isAllowed(address, false)).toBe(false);
  });

  it.each(["172.15.255.255", "172.32.0.0", "100.63.255.255", "100.128.0.0", "223.255.255.255", "8.8.8.8"])(
    "beside the refused ones is allowed: %s",
    (address) => expect(isAllowed(address, false)).toBe(true),
  );

  it.each(["2606:4700::1", "2a00:1450:4001::1", "2001:4860:4860::8888"])(
    "of IPv6 is allowed: %s",
    (address) => expect(isAllowed(address, false)).toBe(true),
  );

  it("that is none is refused", () => {
    expect(["", "example.com", "1.2.3"].map((text) => isAllowed(text, false))).toEqual([false, false, false]);
  });
});

describe("a name", () => {
  const leadingTo = (...addresses: string[]) => ({
    ...deployed,
    resolve: () =>
      Promise.resolve(addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }))),
  });
  const destination = destinationOf("https://example.com/", deployed);

  it("may lead to public addresses", async () => {
    expect(await addressesOf(destination, leadingTo("8.8.8.8", "2606:4700::1"))).toHaveLength(2);
  });

  it.each([[["10.0.0.1"]], [["8.8.8.8", "127.0.0.1"]], [["8.8.8.8", "::1"]], [[]]])(
    "is refused if any of its addresses is not public, or it has none: %j",
    async (addresses) => {
      await expect(addressesOf(destination, leadingTo(...addresses))).rejects.toThrow(
        "public addresses only",
      );
    },
  );
});
