import { createHash } from "node:crypto";

/** The next number of a stream, from 0 (included) to 1 (excluded). */
export type Random = () => number;

/** Streams of random numbers by name. A stream depends on the seed and on its name, not on draws from other streams. */
export function randomStreams(seed: number): (name: string) => Random {
  const streams = new Map<string, Random>();
  return (name) => {
    const random = streams.get(name) ?? mulberry32(startOf(`${seed} ${name}`));
    streams.set(name, random);
    return random;
  };
}

function startOf(name: string): number {
  return createHash("sha256").update(name).digest().readUInt32BE();
}

/** Public domain, by Tommy Ettinger: a generator with 32 bits of state and a full period. Not for cryptography. */
function mulberry32(state: number): Random {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
