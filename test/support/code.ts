import { resolverCode } from "../../infra/bundle.ts";

/** The limits of a stack, as infra/ writes them into code. */
export const limitsOfTests = {
  ...{ maxAssets: 10, maxBytes: 1000, maxChangesADay: 3, maxRelabelsADay: 2 },
  ...{ maxLabelledADay: 5, maxLabelledADayInAll: 50, labellingPaused: false },
  ...{ maxCallbacksADay: 50, maxCallbacksADayToAHost: 500 },
};

/** A resolver's code as it is deployed, but with names of tables as placeholders. */
export const codeOf = async (name: string): Promise<string> =>
  (await resolverCode(name)).replace(
    "{{limits}}",
    JSON.stringify(JSON.stringify(limitsOfTests)).slice(1, -1),
  );
