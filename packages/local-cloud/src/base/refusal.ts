import type { Resource } from "./graph.ts";
import { AwsError } from "./service.ts";

/** What a refusal says of a resource: its Pulumi type, and the name that the program gives it. */
export type Declared = Pick<Resource, "type" | "name">;

/** `aws:sqs/queue:Queue` as a reader of the program writes it: `Queue`. */
export const shortType = (type: string): string => type.split(":").at(-1) ?? type;

/**
 * Refuses a declaration that AWS would not take, or that does not run here, and so ends the boot or the reload.
 * `why` completes the sentence that the input begins: `must be at least 1`. Always throws an `AwsError` with the code
 * `InvalidInput` and a text such as `Queue jobs: delaySeconds must be at most 900.`
 */
export function refuse({ type, name }: Declared, input: string, why: string): never {
  throw new AwsError("InvalidInput", `${shortType(type)} ${name}: ${input} ${why}.`);
}
