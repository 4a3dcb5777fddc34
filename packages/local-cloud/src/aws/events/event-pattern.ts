import { AwsError } from "../../base/service.ts";
import { compilePattern, type Matches } from "../patterns/compile.ts";
import { eventBridge } from "../patterns/dialects.ts";

/**
 * Compiles the event pattern of a rule. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 * Throws `InvalidEventPatternException` with AWS's reason.
 */
export function compileEventPattern(text: string): Matches {
  try {
    return compilePattern(JSON.parse(text), eventBridge);
  } catch (error) {
    throw new AwsError(
      "InvalidEventPatternException",
      `Event pattern is not valid. Reason: ${(error as Error).message}`,
    );
  }
}
