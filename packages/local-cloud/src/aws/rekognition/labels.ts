import type { Measurement } from "./image.ts";

export interface Label {
  readonly Name: string;
  /** Percent. */
  readonly Confidence: number;
  readonly Instances: readonly never[];
  readonly Parents: readonly { readonly Name: string }[];
  readonly Aliases: readonly never[];
  readonly Categories: readonly { readonly Name: string }[];
}

/**
 * Properties of the picture, by confidence. Most are pairs of opposites whose confidences add up to 100. At the threshold
 * both are 50, and so below the default minimum of 55.
 */
export function labelsOf({ width, height, pixels }: Measurement): Label[] {
  const colours = new Map<string, number>();
  const tones = new Float64Array(256);
  let [luma, squares, chroma, opacity] = [0, 0, 0, 0];
  const count = pixels.length / 4;
  for (let at = 0; at < pixels.length; at += 4) {
    // By index: a slice for each of 16,384 pixels takes longer than all the rest.
    const red = pixels[at] ?? 0;
    const green = pixels[at + 1] ?? 0;
    const blue = pixels[at + 2] ?? 0;
    const alpha = pixels[at + 3] ?? 0;
    const tone = (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
    const name = colourName(red, green, blue);
    colours.set(name, (colours.get(name) ?? 0) + 1 / count);
    tones[Math.round(tone * 255)] = (tones[Math.round(tone * 255)] ?? 0) + 1 / count;
    luma += tone / count;
    squares += tone ** 2 / count;
    chroma += (Math.max(red, green, blue) - Math.min(red, green, blue)) / 255 / count;
    opacity += alpha / 255 / count;
  }
  const deviation = Math.sqrt(Math.max(0, squares - luma ** 2));
  return [
    ...shape(width, height),
    ...axis(luma, 0.5, "Bright", "Dark"),
    ...axis(chroma, 0.15, "Colorful", "Monochrome"),
    ...axis(deviation, 0.2, "High Contrast", "Low Contrast"),
    ...axis(entropy(tones) / 8, 0.5, "High Detail", "Low Detail"),
    ...(opacity < 1 ? [property("Transparent", 100 - 50 * opacity)] : []),
    ...[...colours].map(([name, share]) => label(name, 100 * share, "Color")),
  ].sort((one, other) => other.Confidence - one.Confidence);
}

/** Square up to a ratio of 2 to the power of 0.1, then landscape or portrait. */
function shape(width: number, height: number): Label[] {
  const square = Math.max(0, 100 - 500 * Math.abs(Math.log2(width / height)));
  const oblong = width > height ? "Landscape" : "Portrait";
  return [property("Square", square), property(oblong, 100 - square)];
}

function axis(value: number, threshold: number, high: string, low: string): Label[] {
  const sure = Math.min(100, (50 * value) / threshold);
  return [property(high, sure), property(low, 100 - sure)];
}

/** Bits of information in a pixel's tone: 0 for a flat area, 8 for uniform noise. */
function entropy(shares: Float64Array): number {
  return shares.reduce((bits, share) => (share > 0 ? bits - share * Math.log2(share) : bits), 0);
}

/** Upper bounds of the hues, in degrees. */
const hues: readonly (readonly [number, string])[] = [
  [15, "Red"],
  [45, "Orange"],
  [70, "Yellow"],
  [165, "Green"],
  [195, "Cyan"],
  [260, "Blue"],
  [290, "Purple"],
  [345, "Pink"],
  [360, "Red"],
];

function colourName(red: number, green: number, blue: number): string {
  const most = Math.max(red, green, blue);
  const spread = most - Math.min(red, green, blue);
  if (most < 50) {
    return "Black";
  }
  if (spread < 0.15 * most) {
    return most > 217 ? "White" : "Gray";
  }
  const sixth =
    most === red
      ? (green - blue) / spread
      : most === green
        ? 2 + (blue - red) / spread
        : 4 + (red - green) / spread;
  const degrees = (sixth * 60 + 360) % 360;
  const name = hues.find(([bound]) => degrees < bound)?.[1] ?? "Red";
  return name === "Orange" && most < 160 ? "Brown" : name;
}

function property(name: string, confidence: number): Label {
  return label(name, confidence, "Image Property");
}

function label(Name: string, confidence: number, parent: string): Label {
  return {
    Name,
    Confidence: Math.round(confidence * 10_000) / 10_000,
    Instances: [],
    Parents: [{ Name: parent }],
    Aliases: [],
    Categories: [{ Name: "Colors and Visual Composition" }],
  };
}
