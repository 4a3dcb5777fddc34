import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";

/**
 * The allowed destinations of callbacks: public host names over https. They are checked when a URL is registered and at
 * each attempt; see docs/security.md. The rules follow OWASP's SSRF cheat sheet, case 2.
 */
export interface DestinationRules {
  /** Whether plain http to this machine is also allowed. For the local cloud only, never deployed. */
  readonly loopback: boolean;
  /** The port of the local cloud on this machine. Callbacks to it are refused. */
  readonly ownPort?: number;
  /** The only allowed port. Default: 443. */
  readonly port?: number;
  /** All addresses of a name. Default: the system's resolver. */
  readonly resolve?: (hostname: string) => Promise<readonly Address[]>;
}

/** A URL whose text is allowed. Its addresses are not checked yet. */
export interface Destination {
  readonly url: URL;
  /** True if only addresses of this machine are allowed, false if only public ones are. */
  readonly loopback: boolean;
}

export interface Address {
  readonly address: string;
  readonly family: number;
}

/** A URL or an address to which callbacks are not allowed. */
export class RefusedDestination extends Error {
  override readonly name = "RefusedDestination";
}

const maxUrl = 2048;

/**
 * Parses a URL with the parser that the request uses, so that the checked URL is the one that is called. A text that the
 * parser would correct is refused, because its author may have meant another URL.
 */
export function destinationOf(
  text: string,
  { loopback, ownPort, port = 443 }: DestinationRules,
): Destination {
  const url = wellFormed.test(text) && !unfit.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (!url || Math.max(text.length, url.href.length) > maxUrl) {
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

/** Scheme, two slashes, and a host without credentials. */
const wellFormed = /^https?:\/\/[^/?#@]+(?:[/?#]|$)/i;

/** Characters that the parser removes, encodes or replaces: spaces, control and format characters, backslashes. */
const unfit = /[\s\p{C}\\]/u;

/** The rules for a function's environment. The local cloud sets `AWS_ENDPOINT_URL`. */
export const rulesOf = (environment: NodeJS.ProcessEnv): DestinationRules => ({
  loopback: environment["LOOPBACK_CALLBACKS"] === "true",
  ...(environment["AWS_ENDPOINT_URL"] && {
    ownPort: Number(new URL(environment["AWS_ENDPOINT_URL"]).port || 80),
  }),
});

/** All addresses of a name. Throws unless every one of them is allowed. */
export async function addressesOf(
  { url: { hostname }, loopback }: Destination,
  { resolve = (name) => lookup(name, { all: true }) }: DestinationRules,
): Promise<readonly Address[]> {
  const addresses = await resolve(hostname);
  if (addresses.length === 0 || !addresses.every(({ address }) => isAllowed(address, loopback))) {
    throw new RefusedDestination(`${hostname} does not resolve to public addresses only`);
  }
  return addresses;
}

/** Whether a socket may be connected to an address. */
export function isAllowed(address: string, loopback: boolean): boolean {
  // An address with a zone (fe80::1%eth0) is local to a link of this machine.
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
  // A trailing dot marks a fully qualified name.
  const name = hostname.replace(/\.$/, "");
  return (
    isIP(name.replace(/^\[|\]$/g, "")) === 0 &&
    name.includes(".") &&
    !name.split(".").includes("") &&
    !/\.(localhost|local|internal|arpa|home|lan|corp|intranet|onion|test|invalid)$/.test(name) &&
    // The names of the API and of the bucket.
    !/(^|\.)(appsync(-realtime)?-api|s3[\w-]*)\.([\w-]+\.)*(amazonaws\.com(\.cn)?|api\.aws)$/.test(name)
  );
}

/** IANA's special-purpose addresses and multicast. */
const privateIPv4 = blocks("ipv4", [
  ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"],
  ...["192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15"],
  ...["198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"],
]);

/** The only block of global unicast addresses. Mapped, translated and local addresses are outside of it. */
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
