import { type Fault, localFaultIn as fault } from "../fault.ts";

const appsync = "appsync";
const inFilter = fault(appsync, "realtime/filter", "realtime/filter", "realtime/socket");
const inHub = fault(appsync, "realtime/hub", "realtime/socket");
const inConnection = fault(appsync, "realtime/connection", "realtime/connection");
const inSocket = fault(appsync, "realtime/socket", "realtime/socket");
const inRegister = fault(appsync, "realtime/register", "realtime/socket");

export const appsyncRealtimeFaults: readonly Fault[] = [
  inFilter(
    "rules of one group are alternatives",
    "group.every((holds) => holds(payload))",
    "group.some((holds) => holds(payload))",
  ),
  inFilter(
    "an argument that is null filters nothing",
    "filter(([, value]) => value !== undefined)",
    "filter(([, value]) => (value ?? undefined) !== undefined)",
  ),
  inFilter("a filter may compare six fields", "names.size > 5", "names.size > 6"),
  inHub(
    "every subscriber gets every event",
    "if (subscription.matches(payload)) {",
    "if (subscription.matches(payload) || payload) {",
  ),
  inConnection(
    "a connection holds one subscription too many",
    "this.#subscriptions.size >= maxSubscriptions",
    "this.#subscriptions.size > maxSubscriptions",
  ),
  inConnection(
    "a subscription outlives its token",
    "const left = Math.min(Math.max(0, expiresAt - this.#ports.clock()), limits.lifetime);",
    "const left = limits.lifetime;",
  ),
  inConnection("a silent connection stays open", "silence: 30_000", "silence: 30_000_000"),
  inSocket(
    "connections have no limit",
    "server.clients.size >= limits.sockets",
    "server.clients.size > limits.sockets * 10",
  ),
  inSocket(
    "a client that does not read fills the memory",
    "behind > buffered || waiting + size > allBuffered",
    "behind > buffered * 1e6",
  ),
  inRegister("a start that its resolver refused is served", "if (!ran || errors.length > 0)", "if (!ran)"),
];
