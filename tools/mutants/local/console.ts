import { type Fault, localFaultIn as fault } from "../fault.ts";

const inConsole = fault("console", "index", "console");

export const consoleFaults: readonly Fault[] = [
  inConsole("any token opens the console", "} else if (isSame(given, link)) {", '} else if (given !== "") {'),
  inConsole(
    "a script or a frame reads the page with its token",
    'if (isScripted(request) || request.method !== "GET") {',
    'if (request.method !== "GET") {',
  ),
  inConsole(
    "the cookie is enough to ask for calls",
    'if (typeof given !== "string" || !isSame(given, wanted)) {',
    'if (typeof given !== "string") {',
  ),
  inConsole("another page reads the console", "if (isForeign(request)) {", "if (false) {"),
];
