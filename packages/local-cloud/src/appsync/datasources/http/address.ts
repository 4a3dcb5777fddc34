import { lookup as resolveName } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { type Declared, refuse } from "../../../base/refusal.ts";

/** The address of the local cloud's AWS services. */
export interface FrontDoor {
  /** `http://127.0.0.1:4566` */
  readonly url: string;
  /** The signing names of its services. */
  readonly scopes: readonly string[];
}

export interface Target {
  /** Paths of resources are appended to it. */
  readonly base: string;
  /** Whether requests may go to every address, loopback included. */
  readonly isLocal: boolean;
}

interface Source {
  readonly resource: Declared;
  readonly endpoint: string;
  readonly signing: { readonly service: string } | undefined;
}

/**
 * Where the requests of a data source go. Those for an AWS service go to the front door and never leave this machine.
 * Throws `InvalidInput` for an address that AppSync cannot reach, and for one that does not run here.
 */
export function targetOf({ resource, endpoint, signing }: Source, door: FrontDoor | undefined): Target {
  const url = readUrl(resource, endpoint);
  const service = awsService(url.hostname);
  if (service !== undefined) {
    const used = signing?.service ?? service;
    if (!door?.scopes.includes(used)) {
      refuseService(resource, endpoint, used, door);
    }
    return { base: door.url + url.pathname.replace(/\/$/, ""), isLocal: true };
  }
  const base = endpoint.replace(/\/$/, "");
  if (isLoopback(url.hostname)) {
    return { base, isLocal: true };
  }
  if (isPrivate(url.hostname)) {
    refuse(resource, "httpConfig.endpoint", `is ${endpoint}, a private address that AppSync cannot reach`);
  }
  if (signing !== undefined) {
    refuse(
      resource,
      "httpConfig.endpoint",
      `is ${endpoint}, which does not know the local credentials that sign the requests. ` +
        "Set it to a server on 127.0.0.1 in its place",
    );
  }
  return { base, isLocal: false };
}

function readUrl(resource: Declared, endpoint: string): URL {
  const url = URL.parse(endpoint);
  const isAddress =
    url && /^https?:$/.test(url.protocol) && url.username === "" && url.search === "" && url.hash === "";
  if (!isAddress) {
    refuse(
      resource,
      "httpConfig.endpoint",
      `is ${endpoint}, which is not the http or https address of a host`,
    );
  }
  return url;
}

function refuseService(
  resource: Declared,
  endpoint: string,
  used: string,
  door: FrontDoor | undefined,
): never {
  const known = door?.scopes.join(", ") ?? "none";
  refuse(
    resource,
    "httpConfig.endpoint",
    `is ${endpoint}, of the AWS service ${used}, which is not part of the local cloud (it has ${known})`,
  );
}

/** `sqs` of `sqs.eu-west-1.amazonaws.com`, and of addresses without a region. */
function awsService(host: string): string | undefined {
  return /^([a-z0-9-]+)(?:\.[a-z]{2}(?:-[a-z]+)+-\d)?\.amazonaws\.com$/.exec(host)?.[1];
}

const isLoopback = (host: string): boolean => /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(host);

/** AppSync calls from the internet, where these addresses are not reached. */
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
