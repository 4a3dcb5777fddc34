import sharp from "sharp";

/** A picture made of a few numbers. */
export interface Scene {
  readonly name: string;
  readonly bytes: Buffer;
}

const palettes = [
  { name: "Morning", sky: ["#f7c9a5", "#f28f79"], hills: ["#b45b62", "#7b3c58", "#46264a"], sun: "#fff1d6" },
  { name: "Lake", sky: ["#cfe6f5", "#7fb2d9"], hills: ["#5a8cb0", "#2f6288", "#183d5b"], sun: "#ffffff" },
  { name: "Forest", sky: ["#e6efd2", "#a8c686"], hills: ["#6f9c5b", "#41713f", "#1f4530"], sun: "#fffbe0" },
  { name: "Desert", sky: ["#ffe3b0", "#f2b05e"], hills: ["#d98548", "#a9572f", "#6a3220"], sun: "#fff6dc" },
  { name: "Night", sky: ["#2b3a67", "#121833"], hills: ["#1c2547", "#131a35", "#0a0e20"], sun: "#f3f0d7" },
  { name: "Dusk", sky: ["#f4a6b8", "#7a5a9e"], hills: ["#5d4584", "#3d2f63", "#211a3d"], sun: "#ffd9c7" },
  { name: "Snow", sky: ["#eef3f8", "#c3d3e2"], hills: ["#ffffff", "#dbe6f0", "#a9bfd3"], sun: "#ffffff" },
  { name: "Autumn", sky: ["#f6e3c5", "#e2a56f"], hills: ["#c8742e", "#984a21", "#5e2b18"], sun: "#fff4dc" },
] as const;

const shapes = [
  [1500, 1000],
  [1000, 1500],
  [1600, 900],
  [1200, 1200],
  [1400, 1050],
  [2000, 900],
] as const;

type Colour = readonly [red: number, green: number, blue: number];

/** Draws the landscape with this number: the same number gives the same picture. */
export async function drawScene(number: number): Promise<Scene> {
  const palette = palettes[number % palettes.length] ?? palettes[0];
  const [width, height] = shapes[(number * 5) % shapes.length] ?? shapes[0];
  const random = randomOf(number + 1);
  const hills = palette.hills.map((hill, index) => ({
    colour: colourOf(hill),
    line: ridge(random, width, height * (0.5 + index * 0.15), height * 0.13),
  }));
  const [top, horizon] = [colourOf(palette.sky[1]), colourOf(palette.sky[0])];
  const sun = {
    colour: colourOf(palette.sun),
    x: width * (0.2 + random() * 0.6),
    y: height * (0.18 + random() * 0.2),
    r: height * (0.06 + random() * 0.05),
  };
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    const sky = mix(top, horizon, Math.min(1, y / (height * 0.75)));
    for (let x = 0; x < width; x += 1) {
      let colour = mix(sky, sun.colour, edge(sun.r - Math.hypot(x - sun.x, y - sun.y)));
      for (const hill of hills) {
        colour = mix(colour, hill.colour, edge(y - (hill.line[x] ?? height)));
      }
      pixels.set(colour, (y * width + x) * 3);
    }
  }
  const bytes = await sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 86 })
    .toBuffer();
  return { name: `${palette.name} ${number + 1}.jpg`, bytes };
}

const colourOf = (hex: string): Colour =>
  [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)) as unknown as Colour;

function mix(from: Colour, to: Colour, part: number): Colour {
  if (part === 0 || part === 1) {
    return part === 0 ? from : to;
  }
  return [
    from[0] + (to[0] - from[0]) * part,
    from[1] + (to[1] - from[1]) * part,
    from[2] + (to[2] - from[2]) * part,
  ];
}

/** How much of a pixel lies inside, given the distance of its middle from the edge. */
const edge = (distance: number): number => Math.min(1, Math.max(0, distance + 0.5));

/** The height of a line of hills at each pixel. */
function ridge(random: () => number, width: number, middle: number, swing: number): Float64Array {
  const steps = 5 + Math.floor(random() * 3);
  const peaks = Array.from({ length: steps + 1 }, () => middle + (random() - 0.5) * 2 * swing);
  return Float64Array.from({ length: width }, (_, x) => {
    const at = (x / width) * steps;
    const [left = middle, right = middle] = peaks.slice(Math.floor(at));
    const part = (1 - Math.cos((at % 1) * Math.PI)) / 2;
    return left + (right - left) * part;
  });
}

/** Mulberry32. */
function randomOf(seed: number): () => number {
  let state = seed * 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
