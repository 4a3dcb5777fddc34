import type { Page } from "playwright-core";
import decodeQR from "qr/decode.js";
import sharp from "sharp";

/** The key that a set-up shows as text. */
export const keyShown = async (page: Page): Promise<string> =>
  (await page.locator(".totp code").innerText()).replaceAll(" ", "");

/** What an app gets: the names of this product and of the user, and the key. */
export const uriOf = (username: string, secret: string): string => {
  const name = encodeURIComponent("Darkroom");
  return `otpauth://totp/${name}:${username}?secret=${secret}&issuer=${name}`;
};

/** What a camera reads from the page. */
export async function scanned(page: Page): Promise<string> {
  const picture = page.getByRole("img", { name: "QR code for the camera of an authenticator app" });
  const { data, info } = await sharp(await picture.screenshot())
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return decodeQR({ data, width: info.width, height: info.height });
}
