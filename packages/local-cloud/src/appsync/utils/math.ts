/** `util.math`, as Java's Math: a half rounds up, as in JavaScript. */
export const math = {
  roundNum: (input: number): number => Math.round(input),
  minVal: (input1: number, input2: number): number => Math.min(input1, input2),
  maxVal: (input1: number, input2: number): number => Math.max(input1, input2),
  randomDouble: (): number => Math.random(),
  /** A whole number from `start` to below `end`. */
  randomWithinRange: (start: number, end: number): number =>
    Math.floor(start + Math.random() * (end - start)),
};
