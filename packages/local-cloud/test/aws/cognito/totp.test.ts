import { describe, expect, it } from "@jest/globals";
import { Secret, TOTP } from "otpauth";
import { newTotpSecret, stepOf, totpCode } from "../../../src/aws/cognito/totp.ts";

describe("codes of an app", () => {
  // The eight digits of RFC 6238, appendix B, end with these six.
  const secret = Secret.fromLatin1("12345678901234567890").base32;
  it.each([
    [59, "287082"],
    [1_111_111_109, "081804"],
    [1_111_111_111, "050471"],
    [1_234_567_890, "005924"],
    [2_000_000_000, "279037"],
    [20_000_000_000, "353130"],
  ])("are those of the RFC at second %d", (seconds, code) => {
    expect(totpCode(secret, seconds * 1000)).toBe(code);
  });

  it("are those that an app makes of a new secret", () => {
    const made = newTotpSecret();
    expect(made).toMatch(/^[A-Z2-7]{52}$/);
    const app = new TOTP({ secret: Secret.fromBase32(made) });
    for (const timestamp of [0, 29_999, 30_000, 1_764_000_000_000]) {
      expect(totpCode(made, timestamp)).toBe(app.generate({ timestamp }));
    }
  });

  it("are right in their half minute and in those beside it", () => {
    const code = totpCode(secret, 300_000);
    const steps = [269_999, 270_000, 300_000, 359_999, 360_000].map((time) => stepOf(secret, code, time));
    expect(steps).toEqual([undefined, 10, 10, 10, undefined]);
    expect(stepOf(secret, code.slice(1), 300_000)).toBeUndefined();
    expect(stepOf(secret, `${code}0`, 300_000)).toBeUndefined();
    expect(stepOf(secret, "äöüäöü", 300_000)).toBeUndefined();
  });
});
