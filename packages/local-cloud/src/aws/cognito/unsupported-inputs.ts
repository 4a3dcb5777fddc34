import { type Declared, refuse } from "../../base/refusal.ts";

/** Checks by the path of an input. Each returns why the value is refused, or a falsy value. */
export type Unsupported<Inputs> = Readonly<Record<string, (inputs: Inputs) => string | false | undefined>>;

export function refuseUnsupported<Inputs>(
  resource: Declared & { readonly inputs: Inputs },
  unsupported: Unsupported<Inputs>,
): void {
  for (const [path, check] of Object.entries(unsupported)) {
    const why = check(resource.inputs);
    if (why) {
      refuse(resource, path, why);
    }
  }
}
