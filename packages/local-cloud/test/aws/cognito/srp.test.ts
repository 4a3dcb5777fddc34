import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  makeEphemeral,
  makeVerifier,
  parseClientValue,
  passwordMatches,
  prime,
  proves,
} from "../../../src/aws/cognito/srp.ts";
import { poolId, srpClient } from "./support.ts";

const identity = { poolName: poolId.split("_")[1] ?? "", userId: "alice" };

/** One whole exchange; whether the server believes the client. */
function exchange(known: string, typed: string): boolean {
  const { salt, verifier } = makeVerifier(identity, known);
  const client = srpClient("alice", typed);
  const server = makeEphemeral(verifier);
  const answer = client.answer({
    SALT: salt,
    SRP_B: server.value.toString(16),
    SECRET_BLOCK: "c2VjcmV0",
    USER_ID_FOR_SRP: "alice",
  });
  const claim = {
    secretBlock: "c2VjcmV0",
    timestamp: answer["TIMESTAMP"] ?? "",
    signature: answer["PASSWORD_CLAIM_SIGNATURE"] ?? "",
  };
  return proves(claim, identity, verifier, parseClientValue(client.A) ?? 0n, server);
}

describe("SRP", () => {
  it("believes whoever knows the password, whatever characters it has, and nobody else", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), fc.string(), (known, other) => {
        expect(exchange(known, known)).toBe(true);
        expect(exchange(known, `${known}${other}!`)).toBe(false);
      }),
      { numRuns: 15 },
    );
  });

  it("checks a plain password against the same verifier", () => {
    const stored = makeVerifier(identity, "secret");
    expect(passwordMatches(identity, stored, "secret")).toBe(true);
    expect(passwordMatches(identity, stored, "Secret")).toBe(false);
  });

  it("salts: the same password twice has two verifiers", () => {
    expect(makeVerifier(identity, "secret").verifier).not.toBe(makeVerifier(identity, "secret").verifier);
  });

  it.each([
    ["0", 0n],
    ["N", prime],
    ["2N", 2n * prime],
    ["1", 1n],
    ["N - 1", prime - 1n],
    ["N + 1", prime + 1n],
  ])("refuses A = %s, which would fix the shared secret", (_, value) => {
    expect(parseClientValue(value.toString(16))).toBeUndefined();
  });

  it.each(["", "xyz", "-1", "0x12", " 12", "f".repeat(777)])(
    "refuses A = %j, which is no number of the group",
    (hex) => {
      expect(parseClientValue(hex)).toBeUndefined();
    },
  );
});
