export interface Dimensions {
  readonly width: number;
  readonly height: number;
}

/**
 * The size that a decoder would see. `more`: so many bytes are needed to know. `unknown`: the header is not as the
 * format says, so that no decoder need agree with another about it.
 */
export type Measure = Dimensions | { readonly more: number } | "unknown";

/** Reads the header of a JPEG or PNG, as far as the bytes go. */
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

/** Signature, then the first chunk: its length, which is 13, its name, width and height. */
function png(bytes: DataView): Measure {
  if (bytes.byteLength < 24) {
    return { more: 24 };
  }
  return bytes.getUint32(8) === 13 && bytes.getUint32(12) === 0x49484452
    ? { width: bytes.getUint32(16), height: bytes.getUint32(20) }
    : "unknown";
}

/** Segments, each with its length, up to the one that begins a frame. Any number of others may come before it. */
function jpeg(bytes: DataView): Measure {
  let at = 2;
  for (;;) {
    // A marker may be filled up with further bytes 0xff.
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

/** Start of frame: all of these but the tables for Huffman and arithmetic coding, and one that is reserved. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** Without a length, or the picture's own data: none of these comes before a frame. */
const isBare = (marker: number): boolean => marker <= 0x01 || (marker >= 0xd0 && marker <= 0xda);
