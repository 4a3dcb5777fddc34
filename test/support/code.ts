import { resolverCode } from "../../infra/bundle.ts";

/** The limits of a stack, as infra/ writes them into code. */
const limits = {
  ...{ maxAssets: 10, maxBytes: 1000, maxChangesADay: 3, maxRelabelsADay: 2 },
  ...{ maxLabelledADay: 5, maxLabelledADayInAll: 50, labellingPaused: false },
};

/** A resolver's code as it is deployed, but with names of tables as placeholders. */
export const codeOf = async (name: string): Promise<string> =>
  (await resolverCode(name)).replace("{{limits}}", JSON.stringify(JSON.stringify(limits)).slice(1, -1));
