/** S3 writes SHA-256 in base64; clients may give 64 hexadecimal digits too. */
export const sha256Base64 = (text: string): string =>
  text.length === 64 ? Buffer.from(text, "hex").toString("base64") : text;
