import type { Random } from "../../packages/local-cloud/src/faults/random.ts";

/** Draws one of the items by its weight. With a seeded generator the draws can be repeated. */
export function weighted<Item>(
  draw: Random,
  items: readonly (readonly [weight: number, item: Item])[],
): Item {
  const whole = items.reduce((sum, [weight]) => sum + weight, 0);
  let left = draw() * whole;
  const drawn = items.find(([weight]) => (left -= weight) < 0) ?? items.at(-1);
  if (!drawn) {
    throw new RangeError("There is nothing to draw");
  }
  return drawn[1];
}

export function pick<Item>(draw: Random, items: readonly Item[]): Item {
  return weighted(
    draw,
    items.map((item) => [1, item] as const),
  );
}
