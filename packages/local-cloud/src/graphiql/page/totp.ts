const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The code of six digits for a secret in base32. `time`: milliseconds. https://www.rfc-editor.org/rfc/rfc6238 */
export async function totpCode(secret: string, time: number): Promise<string> {
  const bits = Array.from(secret, (letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const bytes = Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => parseInt(byte, 2));
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(Math.floor(time / 30_000)));
  const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-1" }, false, ["sign"]);
  const digest = new DataView(await crypto.subtle.sign("HMAC", key, counter));
  const truncated = digest.getUint32(digest.getUint8(19) & 15) & 0x7fffffff;
  return String(truncated % 1_000_000).padStart(6, "0");
}
