import { type Fault, faultIn } from "../fault.ts";

const destination = "functions/shared/destination.ts";
const destinationTests = ["test/functions/shared/destination.test.ts"];
const inDestination = faultIn(destination, destinationTests);

export const destinationFaults: readonly Fault[] = [
  inDestination("credentials in a callback URL are accepted", "[^/?#@]+", "[^/?#]+"),
  inDestination(
    "a name that also has an internal address is called",
    "!addresses.every(",
    "!addresses.some(",
  ),
  inDestination("another port than 443 is called", "Number(url.port || 443) !== port", "false"),
  inDestination("plain http is called", 'url.protocol !== "https:" ||', ""),
  inDestination("a URL with spaces or control characters is corrected", "!unfit.test(text)", "true"),
  inDestination(
    "a callback goes to the cloud's own port",
    "if (Number(url.port || 80) === ownPort) {",
    "if (false) {",
  ),
  inDestination(
    "an address with a zone is called",
    'address.includes("%") ? 0 : isIP(address)',
    "isIP(address)",
  ),
  inDestination("this machine is called wherever it is deployed", '=== "true",\n', '!== "never",\n'),
  inDestination("the last address of 198.18.0.0/15 is called", '"198.18.0.0/15"', '"198.18.0.0/16"'),
  inDestination("10.0.0.0/8 is called", '"10.0.0.0/8", ', ""),
  inDestination("the upper half of 100.64.0.0/10 is called", '"100.64.0.0/10"', '"100.64.0.0/11"'),
  inDestination("the upper half of 172.16.0.0/12 is called", '"172.16.0.0/12"', '"172.16.0.0/13"'),
  inDestination("the metadata service's network is called", '"169.254.0.0/16"', '"169.254.0.0/17"'),
  inDestination("addresses mapped into IPv6 are called", '["2000::/3"]', '["::/0"]'),
  inDestination("6to4 addresses are called", ', "2002::/16"', ""),
  inDestination("internal names are called", "local|internal|arpa", "local|arpa"),
  inDestination("a URL of 2,049 characters is accepted", "const maxUrl = 2048", "const maxUrl = 2049"),
];
