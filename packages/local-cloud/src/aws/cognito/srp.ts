import { createHash, createHmac, getDiffieHellman, randomBytes, timingSafeEqual } from "node:crypto";

/**
 * Secure Remote Password as Cognito uses it: SRP-6a with SHA-256 over the 3,072-bit group of RFC 3526
 * (`modp15`), its own padding and its own key derivation.
 */
export interface Identity {
  /** What follows the underscore in the pool's id. */
  readonly poolName: string;
  /** `USER_ID_FOR_SRP`: the user's name in the pool. */
  readonly userId: string;
}

/** What the pool stores instead of a password. */
export interface Verifier {
  /** Hex. */
  readonly salt: string;
  readonly verifier: bigint;
}

/** The server's key pair of one exchange. `value` is sent as `SRP_B`. */
export interface Ephemeral {
  readonly secret: bigint;
  readonly value: bigint;
}

export const prime = BigInt(`0x${getDiffieHellman("modp15").getPrime("hex")}`);
const generator = 2n;
const multiplier = hashNumber(padded(prime) + padded(generator));

export function makeVerifier(
  identity: Identity,
  password: string,
  salt = randomBytes(16).toString("hex"),
): Verifier {
  const secret = createHash("sha256")
    .update(`${identity.poolName}${identity.userId}:${password}`)
    .digest("hex");
  return { salt, verifier: power(generator, hashNumber(padded(BigInt(`0x${salt}`)) + secret)) };
}

export function passwordMatches(identity: Identity, stored: Verifier, password: string): boolean {
  const { verifier } = makeVerifier(identity, password, stored.salt);
  return timingSafeEqual(bytes(verifier), bytes(stored.verifier));
}

/**
 * The client's `SRP_A`, or undefined for one that would fix the shared secret without the password:
 * A = 0, N, 2N gives S = 0, and A = 1 or N - 1 gives S a value that anyone computes.
 */
export function parseClientValue(hex: string): bigint | undefined {
  if (!/^[0-9a-f]{1,776}$/i.test(hex)) {
    return undefined;
  }
  const value = BigInt(`0x${hex}`);
  return value > 1n && value < prime - 1n ? value : undefined;
}

/** 256 random bits are what RFC 5054 asks for, and four times cheaper than Cognito's usual 1,024. */
export function makeEphemeral(verifier: bigint): Ephemeral {
  const secret = BigInt(`0x${randomBytes(32).toString("hex")}`);
  return { secret, value: (multiplier * verifier + power(generator, secret)) % prime };
}

/** Whether `signature` proves that the client knows the password behind `verifier`. */
export function proves(
  claim: { readonly secretBlock: string; readonly timestamp: string; readonly signature: string },
  identity: Identity,
  verifier: bigint,
  clientValue: bigint,
  server: Ephemeral,
): boolean {
  const scramble = hashNumber(padded(clientValue) + padded(server.value));
  const shared = power(clientValue * power(verifier, scramble), server.secret);
  const expected = createHmac("sha256", deriveKey(shared, scramble))
    .update(identity.poolName)
    .update(identity.userId)
    .update(Buffer.from(claim.secretBlock, "base64"))
    .update(claim.timestamp)
    .digest();
  const given = Buffer.from(claim.signature, "base64");
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** HKDF with one block, cut to 128 bits. */
function deriveKey(shared: bigint, scramble: bigint): Buffer {
  const salt = Buffer.from(padded(scramble), "hex");
  const pseudorandom = createHmac("sha256", salt)
    .update(Buffer.from(padded(shared), "hex"))
    .digest();
  return createHmac("sha256", pseudorandom).update("Caldera Derived Key\u0001").digest().subarray(0, 16);
}

/** Hex as Java's BigInteger writes bytes: whole bytes, and a zero byte before a set sign bit. */
function padded(value: bigint): string {
  const hex = value.toString(16);
  const whole = hex.length % 2 === 0 ? hex : `0${hex}`;
  return /^[89a-f]/.test(whole) ? `00${whole}` : whole;
}

function hashNumber(hex: string): bigint {
  return BigInt(`0x${createHash("sha256").update(Buffer.from(hex, "hex")).digest("hex")}`);
}

/** About 8 ms for a 256-bit exponent. OpenSSL's Diffie-Hellman does it in 2 ms, for 40 lines of DER. */
function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base % prime;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) {
      result = (result * square) % prime;
    }
    square = (square * square) % prime;
  }
  return result;
}

function bytes(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(768, "0"), "hex");
}
