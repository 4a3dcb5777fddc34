import { lookup as resolveName } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { refuse } from "../../unsupported.ts";

/** What calls to AWS's own services go to. */
export interface FrontDoor {
  /** `http://127.0.0.1:4566` */
  readonly url: string;
  /** The signing names that a service answers to. */
  readonly scopes: readonly string[];
}

export interface Target {
  /** What the resource path is appended to. */
  readonly base: string;
  /** Whether every address may be dialled, loopback included. */
  readonly isLocal: boolean;
}

interface Declared {
  readonly type: string;
  readonly name: string;
  readonly endpoint: string;
  readonly signing: { readonly service: string } | undefined;
}

/**
 * Where the requests of a data source go. An endpoint of an AWS service is the front door: no such call leaves this
 * machine. Throws `UnsupportedDeclaration` for what AppSync could not reach, and for what does not run here.
 */
export function targetOf(source: Declared, door: FrontDoor | undefined): Target {
  const { endpoint, signing } = source;
  const url = URL.parse(endpoint);
  if (
    !url ||
    !/^https?:$/.test(url.protocol) ||
    url.username !== "" ||
    url.search !== "" ||
    url.hash !== ""
  ) {
    refuse(source, true, `the endpoint ${endpoint}, which is not the http or https address of a host,`);
    throw new TypeError("unreachable");
  }
  const service = awsService(url.hostname);
  if (service !== undefined) {
    const asked = signing?.service ?? service;
    refuse(
      source,
      !door?.scopes.includes(asked),
      `the endpoint ${endpoint}, of the AWS service ${asked}, which is not part of the local cloud (it has ${door?.scopes.join(", ") ?? "none"}),`,
    );
    return { base: (door?.url ?? "") + url.pathname.replace(/\/$/, ""), isLocal: true };
  }
  const base = endpoint.replace(/\/$/, "");
  if (isLoopback(url.hostname)) {
    return { base, isLocal: true };
  }
  refuse(
    source,
    isPrivate(url.hostname),
    `the endpoint ${endpoint}, a private address that AppSync cannot reach,`,
  );
  refuse(
    source,
    signing !== undefined,
    `a signed request to ${url.hostname}, where the local credentials mean nothing: give it the address of a stand-in on 127.0.0.1, which`,
  );
  return { base, isLocal: false };
}

/** `sqs` of `sqs.eu-west-1.amazonaws.com`, and of addresses of no region. */
function awsService(host: string): string | undefined {
  return /^([a-z0-9-]+)(?:\.[a-z]{2}(?:-[a-z]+)+-\d)?\.amazonaws\.com$/.exec(host)?.[1];
}

const isLoopback = (host: string): boolean => /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(host);

/** Addresses that are not reached from the internet, where AppSync calls from. */
const unreachable = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
] as const) {
  unreachable.addSubnet(network, prefix, "ipv4");
}
for (const [network, prefix] of [
  ["::", 127],
  ["fc00::", 7],
  ["fe80::", 10],
] as const) {
  unreachable.addSubnet(network, prefix, "ipv6");
}

export function isPrivate(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, "");
  const family = isIP(address);
  return family !== 0 && unreachable.check(address, family === 4 ? "ipv4" : "ipv6");
}

/** Resolves a name as the system does, and fails if one of its addresses is private. */
export const publicLookup: LookupFunction = (host, options, callback) => {
  resolveName(host, { ...options, all: true }, (error, addresses) => {
    const hidden = error ? undefined : addresses.find(({ address }) => isPrivate(address));
    const failure =
      error ??
      (hidden && new Error(`${host} is the private address ${hidden.address}, which AppSync cannot reach`));
    if (failure) {
      callback(failure, []);
    } else if (options.all === true) {
      callback(null, addresses);
    } else {
      callback(null, addresses[0]?.address ?? "", addresses[0]?.family);
    }
  });
};
