import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** Seconds in which one code is shown. */
const period = 30;

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** 32 random bytes in base32, as Cognito makes them. */
export function newTotpSecret(): string {
  return Array.from(randomBytes(52), (byte) => alphabet.charAt(byte % 32)).join("");
}

/** The code of six digits that an app shows for a secret. `time`: milliseconds. https://www.rfc-editor.org/rfc/rfc6238 */
export function totpCode(secret: string, time: number): string {
  return codeOf(secret, Math.floor(time / 1000 / period));
}

/** The step whose code this is: the present one or a neighbour, since clocks differ. Undefined for a wrong code. */
export function stepOf(secret: string, code: string, time: number): number | undefined {
  const now = Math.floor(time / 1000 / period);
  const given = Buffer.from(code);
  return [now, now - 1, now + 1].find(
    (step) => /^\d{6}$/.test(code) && timingSafeEqual(given, Buffer.from(codeOf(secret, step))),
  );
}

function codeOf(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac("sha1", bytesOf(secret)).update(counter).digest();
  const offset = digest.readUInt8(19) & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

function bytesOf(base32: string): Buffer {
  const bits = Array.from(base32, (letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  return Buffer.from(Array.from(bits.match(/.{8}/g) ?? [], (byte) => parseInt(byte, 2)));
}
