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

/** Draws the landscape with this number: the same number gives the same picture. */
export async function drawScene(number: number): Promise<Scene> {
  const palette = palettes[number % palettes.length] ?? palettes[0];
  const [width, height] = shapes[(number * 5) % shapes.length] ?? shapes[0];
  const random = randomOf(number + 1);
  const hills = palette.hills.map((colour, index) => {
    const line = ridge(random, width, height * (0.5 + index * 0.15), height * 0.13);
    return `<path d="${line} L${width} ${height} L0 ${height}Z" fill="${colour}"/>`;
  });
  const [x, y, r] = [
    width * (0.2 + random() * 0.6),
    height * (0.18 + random() * 0.2),
    height * (0.06 + random() * 0.05),
  ];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <defs><linearGradient id="sky" x2="0" y2="1"><stop stop-color="${palette.sky[1]}"/>
    <stop offset=".75" stop-color="${palette.sky[0]}"/></linearGradient></defs>
    <rect width="100%" height="100%" fill="url(#sky)"/>
    <circle cx="${x}" cy="${y}" r="${r}" fill="${palette.sun}" opacity=".92"/>${hills.join("")}</svg>`;
  const bytes = await sharp(Buffer.from(svg)).jpeg({ quality: 84 }).toBuffer();
  return { name: `${palette.name} ${number + 1}.jpg`, bytes };
}

function ridge(random: () => number, width: number, middle: number, swing: number): string {
  const steps = 5 + Math.floor(random() * 3);
  const points = Array.from({ length: steps + 1 }, (_, index) => {
    const x = (width / steps) * index;
    return [x, middle + (random() - 0.5) * 2 * swing] as const;
  });
  const [first = [0, middle] as const, ...rest] = points;
  let before = first;
  const curves = rest.map((point) => {
    const half = (before[0] + point[0]) / 2;
    const curve = `C${half} ${before[1]} ${half} ${point[1]} ${point[0]} ${point[1]}`;
    before = point;
    return curve;
  });
  return `M${first[0]} ${first[1]} ${curves.join(" ")}`;
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
