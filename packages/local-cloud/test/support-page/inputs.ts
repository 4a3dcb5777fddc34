import type { Check } from "../../src/inputs/effect.ts";

/** What becomes of one input, such as `logConfig.fieldLogLevel`. */
export interface Input {
  readonly name: string;
  readonly becomes: "runs" | "idle" | "refused";
  /** The values that are taken, or why it is refused. */
  readonly note: string | undefined;
}

/** All inputs of a type, those inside of objects and lists by their path. */
export function inputsOf(effects: object, path = ""): Input[] {
  return Object.entries(effects).flatMap(([key, effect]: [string, unknown]): Input[] => {
    const name = path + key;
    if (effect === "runs" || effect === "idle") {
      return [{ name, becomes: effect, note: undefined }];
    }
    return typeof effect === "function"
      ? [judged(name, effect as Check)]
      : inputsOf(effect as object, `${name}.`);
  });
}

function judged(name: string, { note }: Check): Input {
  if (!note) {
    return { name, becomes: "runs", note: "some values are refused" };
  }
  if ("refused" in note) {
    return { name, becomes: "refused", note: note.refused.replace(/^is not supported locally(?:: )?/, "") };
  }
  if ("range" in note) {
    return { name, becomes: note.verdict === "idle" ? "idle" : "runs", note: note.range };
  }
  const values = Object.entries(note.values).map(([value, becomes]) =>
    becomes === "runs" || becomes === "idle" ? value : `not ${value}`,
  );
  const idle = Object.values(note.values).every((one) => one !== "runs");
  return { name, becomes: idle ? "idle" : "runs", note: values.join(", ") };
}
