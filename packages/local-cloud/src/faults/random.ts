import { createHash } from "node:crypto";

/** The next number of a stream, from 0 to under 1. */
export type Random = () => number;

/** Streams of numbers by name. Each depends on the seed and its name only, never on what others drew. */
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

/** Public domain, by Tommy Ettinger: a 32 bit state, a full period, and good enough for dice. */
function mulberry32(state: number): Random {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
