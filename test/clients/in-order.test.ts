import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { InOrder } from "../../packages/client/src/in-order.ts";

const numbered = (seqs: readonly number[]) => seqs.map((seq) => ({ seq }));

describe("events in any order", () => {
  it("are emitted once each and in order, up to the first gap", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 30 })),
        fc.integer({ min: 0, max: 10 }),
        (seqs, after) => {
          const order = new InOrder(after);
          const given = numbered(seqs).flatMap((event) => order.offer(event));
          const came = new Set(seqs);
          const expected: number[] = [];
          for (let seq = after + 1; came.has(seq); seq += 1) {
            expected.push(seq);
          }
          expect(given.map(({ seq }) => seq)).toEqual(expected);
          expect(order.missing).toBe([...came].some((seq) => seq > after + expected.length));
        },
      ),
    );
  });

  it("skip what no longer exists, and keep what came early", () => {
    const order = new InOrder(1);
    order.offer({ seq: 3 }, { seq: 7 });
    order.skipTo(6);
    expect(order.offer({ seq: 5 }, { seq: 6 })).toEqual([{ seq: 6 }, { seq: 7 }]);
    expect(order.missing).toBe(false);
  });
});
