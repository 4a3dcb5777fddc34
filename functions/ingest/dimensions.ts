export interface Dimensions {
  readonly width: number;
  readonly height: number;
}

/**
 * The size that a decoder sees. `more` is the number of bytes that are needed to find it. `unknown` means that the header
 * does not follow the format, so decoders can disagree about the size.
 */
export type Measure = Dimensions | { readonly more: number } | "unknown";

/** Measures a JPEG or PNG by its first bytes. */
export function measure(contentType: string, head: Uint8Array): Measure {
  const bytes = new DataView(head.buffer, head.byteOffset, head.byteLength);
  switch (contentType) {
    case "image/jpeg":
      return jpeg(bytes);
    case "image/png":
      return png(bytes);
    default:
      return "unknown";
  }
}

/** After the signature, the first chunk has its length (13), its name, the width and the height. */
function png(bytes: DataView): Measure {
  if (bytes.byteLength < 24) {
    return { more: 24 };
  }
  return bytes.getUint32(8) === 13 && bytes.getUint32(12) === 0x49484452
    ? { width: bytes.getUint32(16), height: bytes.getUint32(20) }
    : "unknown";
}

/** Skips segments, each of which has its length, until the start of a frame. */
function jpeg(bytes: DataView): Measure {
  let at = 2;
  for (;;) {
    // A marker can be padded with further bytes 0xff.
    while (at + 1 < bytes.byteLength && bytes.getUint16(at) === 0xffff) {
      at += 1;
    }
    if (at + 9 > bytes.byteLength) {
      return { more: at + 9 };
    }
    const marker = bytes.getUint8(at + 1);
    const length = bytes.getUint16(at + 2);
    if (bytes.getUint8(at) !== 0xff || isBare(marker) || length < 2) {
      return "unknown";
    }
    if (isFrame(marker)) {
      return { height: bytes.getUint16(at + 5), width: bytes.getUint16(at + 7) };
    }
    at += 2 + length;
  }
}

/** Start of frame. Excludes the Huffman and arithmetic coding tables and a reserved marker. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** Markers without a length, and the picture's data. None of them can precede a frame. */
const isBare = (marker: number): boolean => marker <= 0x01 || (marker >= 0xd0 && marker <= 0xda);
