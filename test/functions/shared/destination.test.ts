import { describe, expect, it } from "@jest/globals";
import { addressesOf, destinationOf, isAllowed, rulesOf } from "../../../functions/shared/destination.ts";
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
    ["https://amazonaws.com.example.com/", "https://amazonaws.com.example.com/"],
    ["https://abc.execute-api.eu-west-1.amazonaws.com/", "https://abc.execute-api.eu-west-1.amazonaws.com/"],
    ["HTTPS://example.com", "https://example.com/"],
    ["https://example.com?a=b@c", "https://example.com/?a=b@c"],
    ["https://mylocalhost.com/", "https://mylocalhost.com/"],
  ])("is taken as it will be called: %s", (text, href) => {
    expect(destinationOf(text, deployed).url.href).toBe(href);
  });

  it("may have 2048 characters", () => {
    const text = `https://example.com/${"x".repeat(2028)}`;
    expect([text.length, destinationOf(text, deployed).url.href]).toEqual([2048, text]);
    expect(() => destinationOf(`${text}x`, deployed)).toThrow();
    // The fragment is not sent, but it is part of the text.
    expect(() => destinationOf(`${text}#`, deployed)).toThrow();
  });

  it.each(["http://127.0.0.1:4566/", "http://localhost:4566/graphql", "http://2130706433:4566/"])(
    "is not the cloud's own: %s",
    (text) => {
      const rules = rulesOf({ LOOPBACK_CALLBACKS: "true", AWS_ENDPOINT_URL: "http://127.0.0.1:4566" });
      expect(() => destinationOf(text, rules)).toThrow("the cloud itself");
      for (const other of ["4565", "4567"]) {
        expect(destinationOf(text.replace("4566", other), rules).loopback).toBe(true);
      }
    },
  );

  it("cannot be the cloud's own address if that has the usual port", () => {
    const rules = rulesOf({ LOOPBACK_CALLBACKS: "true", AWS_ENDPOINT_URL: "http://localhost" });
    expect(() => destinationOf("http://127.0.0.1/", rules)).toThrow("the cloud itself");
    expect(destinationOf("http://127.0.0.1:81/", rules).loopback).toBe(true);
  });

  it.each([{}, { LOOPBACK_CALLBACKS: "false" }, { LOOPBACK_CALLBACKS: "" }, { LOOPBACK_CALLBACKS: "TRUE" }])(
    "is this machine's only where the program says so: %j",
    (environment) => {
      expect(() => destinationOf("http://127.0.0.1:9000/", rulesOf(environment))).toThrow();
    },
  );

  it("may be this machine's over http in the local cloud, and no other internal address", () => {
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

/** What is not of the public internet: IANA's special-purpose addresses, and multicast. */
const refusedSubnets = {
  4: [
    ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"],
    ...["192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15"],
    ...["198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"],
  ],
  6: [
    ...["::/128", "::1/128", "::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "::/3"],
    ...["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "4000::/2", "5f00::/16", "8000::/1"],
    ...["fc00::/7", "fd00:ec2::254/128", "fe80::/10", "fec0::/10", "ff00::/8"],
  ],
};

const bits = { 4: 32, 6: 128 };

/** An address as a number, and back: nothing here is what the rules use. */
function toNumber(address: string): bigint {
  if (!address.includes(":")) {
    return address.split(".").reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  }
  const [left = "", right] = address.split("::");
  const groups = (text: string) => text.split(":").filter((group) => group !== "");
  const missing = right === undefined ? 0 : 8 - groups(left).length - groups(right).length;
  const all = [...groups(left), ...Array<string>(missing).fill("0"), ...groups(right ?? "")];
  return all.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

function toText(number: bigint, family: 4 | 6): string {
  const [size, base, join] = family === 4 ? ([4, 256n, "."] as const) : ([8, 65_536n, ":"] as const);
  return Array.from({ length: size }, (_, index) =>
    ((number / base ** BigInt(size - 1 - index)) % base).toString(family === 4 ? 10 : 16),
  ).join(join);
}

/** Its first and last address, and their neighbours outside. */
function edges(subnet: string, family: 4 | 6) {
  const [address = "", prefix] = subnet.split("/");
  const size = 1n << BigInt(bits[family] - Number(prefix));
  const first = (toNumber(address) / size) * size;
  const last = first + size - 1n;
  const beyond = [first - 1n, last + 1n].filter((one) => one >= 0n && one < 1n << BigInt(bits[family]));
  return { first, last, beyond };
}

const subnets = ([4, 6] as const).flatMap((family) =>
  refusedSubnets[family].map((subnet) => ({ family, subnet, ...edges(subnet, family) })),
);

const isRefused = (number: bigint, family: 4 | 6): boolean =>
  subnets.some((one) => one.family === family && number >= one.first && number <= one.last);

describe("an address", () => {
  it.each(subnets)("of $subnet is refused, from the first to the last", ({ family, first, last }) => {
    for (const number of [first, first + (last - first) / 2n, last]) {
      expect([toText(number, family), isAllowed(toText(number, family), false)]).toEqual([
        toText(number, family),
        false,
      ]);
    }
  });

  const beside = subnets.flatMap(({ family, beyond }) =>
    beyond.filter((number) => !isRefused(number, family)).map((number) => toText(number, family)),
  );

  it.each([...new Set(beside)])("next to a refused range is allowed: %s", (address) => {
    expect(isAllowed(address, false)).toBe(true);
  });

  it("next to a refused range is allowed at most edges, so that the test above has an effect", () => {
    expect(new Set(beside).size).toBeGreaterThan(25);
  });

  it.each(["8.8.8.8", "2606:4700::1", "2a00:1450:4001::1", "2001:4860:4860::8888"])(
    "of the public internet is allowed: %s",
    (address) => expect(isAllowed(address, false)).toBe(true),
  );

  it.each(["::ffff:8.8.8.8", "::8.8.8.8", "::ffff:127.0.0.1", "64:ff9b::8.8.8.8"])(
    "of IPv4 within IPv6 is refused: %s",
    (address) => expect(isAllowed(address, false)).toBe(false),
  );

  it("of this machine is allowed for a callback to this machine, and no other address is", () => {
    const allowed = ["127.0.0.0", "127.0.0.1", "127.255.255.255", "::1"];
    const refused = ["126.255.255.255", "128.0.0.0", "::", "::2", "::ffff:127.0.0.1", "8.8.8.8", "10.0.0.1"];
    expect(allowed.map((address) => isAllowed(address, true))).toEqual(allowed.map(() => true));
    expect(refused.map((address) => isAllowed(address, true))).toEqual(refused.map(() => false));
  });

  it("that is invalid, or has a zone, is refused", () => {
    const none = ["", "example.com", "1.2.3", "2606:4700::1%eth0", "fe80::1%eth0"];
    expect(none.map((text) => isAllowed(text, false))).toEqual(none.map(() => false));
    expect(isAllowed("::1%lo", true)).toBe(false);
  });
});

describe("a name", () => {
  const leadingTo = (...addresses: string[]) => ({
    ...deployed,
    resolve: () =>
      Promise.resolve(addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }))),
  });
  const destination = destinationOf("https://example.com/", deployed);

  it("may resolve to public addresses", async () => {
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
