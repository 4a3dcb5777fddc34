import { Logger } from "@aws-lambda-powertools/logger";

const secrets = /^(authorization|cookie|x-api-key|x-amz-security-token|secret.*|.*token|.*password)$/i;
const webhookSecret = /whsec_[A-Za-z0-9+/=]+/g;
const signature = /([?&]X-Amz-(?:Signature|Credential|Security-Token)=)[^&\s"]+/gi;

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
