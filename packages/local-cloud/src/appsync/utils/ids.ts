import { randomBytes, randomUUID } from "node:crypto";

import { ulid } from "ulid";

import { currentEvaluation } from "./evaluation.ts";

export const ids = {
  autoId: (): string => randomUUID(),
  autoUlid: (): string => ulid(currentEvaluation().clock()),
  autoKsuid: (): string => ksuid(currentEvaluation().clock()),
};

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const KSUID_LENGTH = 27;
/** A KSUID counts seconds from this time: https://github.com/segmentio/ksuid */
const KSUID_EPOCH = 1_400_000_000;

/** 4 bytes of time and 16 random bytes, in base 62. */
function ksuid(now: number): string {
  const seconds = Math.floor(now / 1000) - KSUID_EPOCH;
  let rest = (BigInt(seconds) << 128n) | BigInt(`0x${randomBytes(16).toString("hex")}`);
  let text = "";
  while (text.length < KSUID_LENGTH) {
    text = ALPHABET.charAt(Number(rest % 62n)) + text;
    rest /= 62n;
  }
  return text;
}
