import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";

/**
 * Which addresses a callback may be sent to: the public internet, by name, over https. Checked when a URL is
 * registered and at each attempt; see docs/security.md. Rules: OWASP's SSRF cheat sheet, case 2.
 */
export interface DestinationRules {
  /** Whether plain http to this machine is allowed too: for the local cloud only, never deployed. */
  readonly loopback: boolean;
  /** The port of this machine that the cloud itself listens on: no callback goes there. */
  readonly ownPort?: number;
  /** The one port that is called: 443 unless given. */
  readonly port?: number;
  /** All addresses of a name: the system's own unless given. */
  readonly resolve?: (hostname: string) => Promise<readonly Address[]>;
}

/** A URL that may be called, as far as its text tells. */
export interface Destination {
  readonly url: URL;
  /** Only this machine's own addresses, or only public ones. */
  readonly loopback: boolean;
}

export interface Address {
  readonly address: string;
  readonly family: number;
}

/** A URL, or a host's address, that no callback may be sent to. */
export class RefusedDestination extends Error {
  override readonly name = "RefusedDestination";
}

const longest = 2048;

/**
 * Parses once, with the parser that the request uses: what a filter on the text sees is not what is called. A text that
 * the parser would have to mend is refused: its author meant another URL than the one that would be called.
 */
export function destinationOf(
  text: string,
  { loopback, ownPort, port = 443 }: DestinationRules,
): Destination {
  const url = wellFormed.test(text) && !unfit.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (!url || Math.max(text.length, url.href.length) > longest) {
    throw new RefusedDestination("not a URL, too long, or with credentials");
  }
  url.hash = "";
  if (loopback && url.protocol === "http:" && ["127.0.0.1", "localhost"].includes(url.hostname)) {
    if (Number(url.port || 80) === ownPort) {
      throw new RefusedDestination("the port of the cloud itself");
    }
    return { url, loopback: true };
  }
  if (url.protocol !== "https:" || Number(url.port || 443) !== port || !isPublicName(url.hostname)) {
    throw new RefusedDestination("not https on port 443 to a public name");
  }
  return { url, loopback: false };
}

/** Scheme, two slashes, and a host without a name or a password before it. */
const wellFormed = /^https?:\/\/[^/?#@]+(?:[/?#]|$)/i;

/** What the parser drops, encodes or takes for something else: spaces, control and format characters, backslashes. */
const unfit = /[\s\p{C}\\]/u;

/** The rules of a deployed function. `AWS_ENDPOINT_URL` is set where its cloud is this machine. */
export const rulesOf = (environment: NodeJS.ProcessEnv): DestinationRules => ({
  loopback: environment["LOOPBACK_CALLBACKS"] === "true",
  ...(environment["AWS_ENDPOINT_URL"] && {
    ownPort: Number(new URL(environment["AWS_ENDPOINT_URL"]).port || 80),
  }),
});

/** All addresses of a name that may be called, none unless all may: a name that also leads inside is refused. */
export async function addressesOf(
  { url: { hostname }, loopback }: Destination,
  { resolve = (name) => lookup(name, { all: true }) }: DestinationRules,
): Promise<readonly Address[]> {
  const addresses = await resolve(hostname);
  if (addresses.length === 0 || !addresses.every(({ address }) => isAllowed(address, loopback))) {
    throw new RefusedDestination(`${hostname} does not lead to public addresses only`);
  }
  return addresses;
}

/** Whether an address that a socket is connected to may be spoken to. */
export function isAllowed(address: string, loopback: boolean): boolean {
  // An address with a zone (fe80::1%eth0) belongs to one link of this machine.
  const family = address.includes("%") ? 0 : isIP(address);
  if (family === 4) {
    return loopback ? address.startsWith("127.") : !privateIPv4.check(address, "ipv4");
  }
  if (family === 6) {
    return loopback
      ? address === "::1"
      : globalIPv6.check(address, "ipv6") && !reservedIPv6.check(address, "ipv6");
  }
  return false;
}

function isPublicName(hostname: string): boolean {
  // A trailing dot only says that the name is complete.
  const name = hostname.replace(/\.$/, "");
  return (
    isIP(name.replace(/^\[|\]$/g, "")) === 0 &&
    name.includes(".") &&
    !name.split(".").includes("") &&
    !/\.(localhost|local|internal|arpa|home|lan|corp|intranet|onion|test|invalid)$/.test(name) &&
    // The API and the bucket themselves, by any of their names.
    !/(^|\.)(appsync(-realtime)?-api|s3[\w-]*)\.([\w-]+\.)*(amazonaws\.com(\.cn)?|api\.aws)$/.test(name)
  );
}

/** IANA's special-purpose addresses, and multicast. */
const privateIPv4 = blocks("ipv4", [
  ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"],
  ...["192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15"],
  ...["198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"],
]);

/** The one block that IANA gives addresses from: everything mapped, translated or local lies outside. */
const globalIPv6 = blocks("ipv6", ["2000::/3"]);

const reservedIPv6 = blocks("ipv6", ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"]);

function blocks(family: "ipv4" | "ipv6", subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [address = "", prefix = ""] = subnet.split("/");
    list.addSubnet(address, Number(prefix), family);
  }
  return list;
}
