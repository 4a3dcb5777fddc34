import { type Fault, localFaultIn as fault } from "../fault.ts";

const appsync = "appsync";
const inWeight = fault(appsync, "execute/weight", "execute/weight");
const inErrors = fault(appsync, "execute/errors", "execute/validation");
const inResolvers = fault(appsync, "declared/resolvers", "declared");
const inStep = fault(appsync, "execute/resolver", "execute/resolver");
const inEffects = fault(appsync, "execute/execution", "execute/resolver", "realtime/socket");
const inKept = fault(appsync, "schema/kept", "schema/kept");

export const appsyncExecutionFaults: readonly Fault[] = [
  inWeight(
    "a fragment counts once, however often it is spread",
    "      } else {\n        this.#spread(selection.name.value, into, level);",
    "      } else if (!this.#reached.has(selection.name.value)) {\n        this.#spread(selection.name.value, into, level);",
  ),
  inWeight(
    "pairs of fields do not count",
    "this.weight.pairs += merged.fields - 1;",
    "this.weight.pairs += 0;",
  ),
  inErrors(
    "a message may be of any length",
    "cut(error.message, errorLimits.message)",
    "cut(error.message, Infinity)",
  ),
  inErrors("errors may be of any size together", "if (left < 0) {", "if (left < -Infinity) {"),
  inErrors("an answer carries any number of errors", "errors.slice(0, errorLimits.entries)", "errors"),
  inErrors(
    "an answer carries one error too few",
    "errors.slice(0, errorLimits.entries)",
    "errors.slice(0, errorLimits.entries - 1)",
  ),
  inErrors(
    "an answer carries one error too many",
    "errors.slice(0, errorLimits.entries)",
    "errors.slice(0, errorLimits.entries + 1)",
  ),
  inResolvers("two resolvers may be for one field", "    known.add(name);\n", ""),
  inStep(
    "a request has no time limit",
    "if (field.execution.deadline.over) {",
    "if (field.execution.deadline.over && step.maxBatchSize > 1e9) {",
  ),
  inEffects(
    "a query may set a subscription's filter",
    "if (subscriptionFilter !== undefined && !isSubscription)",
    'if (subscriptionFilter !== undefined && !isSubscription && handler === "none")',
  ),
  inEffects(
    "a request may invalidate any number of subscriptions",
    "execution.invalidations.length > 5",
    "execution.invalidations.length > 500",
  ),
  inKept(
    "a misspelt directive goes unnoticed",
    "!declared.has(value) && !ofMergedApis.includes(value)",
    "declared.has(value) && !ofMergedApis.includes(value)",
  ),
];
