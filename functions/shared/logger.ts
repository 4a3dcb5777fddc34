import { Logger } from "@aws-lambda-powertools/logger";

const secrets = /^(authorization|cookie|x-api-key|x-amz-security-token|secret.*|.*token|.*password)$/i;
const webhookSecret = /whsec_[A-Za-z0-9+/=]+/g;
const signature = /([?&]X-Amz-(?:Signature|Credential|Security-Token)=)[^&\s"]+/gi;

const sampleRate = Number(process.env["LOG_SAMPLE_RATE"] ?? 1);

/**
 * The level of a line about work on an asset. Ordinary work is `info` for a part of the assets, the same ones in all
 * functions, so that what happened to one of these can be read whole. LOG_SAMPLE_RATE is that part, 0 to 1.
 * `id`: an asset's id, or a text that ends with it, such as an object's key.
 */
export const levelFor = (id: string, isOrdinary: boolean): "info" | "debug" =>
  isOrdinary && !isSampled(id, sampleRate) ? "debug" : "info";

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** ULIDs end with random digits of 32. Texts that end otherwise are always in the sample. */
export function isSampled(id: string, rate: number): boolean {
  const digits = Array.from(id.slice(-4).toUpperCase(), (digit) => crockford.indexOf(digit));
  return (
    digits.length < 4 ||
    digits.includes(-1) ||
    digits.reduce((number, digit) => number * 32 + digit, 0) < rate * 32 ** 4
  );
}

/** Structured logs, correlated by request. Credentials, tokens and secrets are redacted. */
export const createLogger = (serviceName: string): Logger =>
  new Logger({
    serviceName,
    jsonReplacerFn: (key, value) => {
      if (secrets.test(key)) {
        return "[redacted]";
      }
      return typeof value === "string"
        ? value.replace(signature, "$1[redacted]").replace(webhookSecret, "[redacted]")
        : value;
    },
  });
