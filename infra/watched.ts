import type * as pulumi from "@pulumi/pulumi";
import type { Index } from "./measures.ts";

interface Queue {
  readonly name: pulumi.Input<string>;
  readonly arn: pulumi.Output<string>;
}

/**
 * What alarms, dashboard and saved queries watch, by logical name. Each component adds what it creates, so that a new
 * function, queue or table cannot be forgotten.
 */
export const watched = {
  /** Folders of functions/. */
  functions: [] as string[],
  /** `maxAge`: seconds after which a waiting message is an alarm. */
  queues: {} as Record<string, Queue & { readonly maxAge: number }>,
  /** Queues in which failed messages wait for a person. */
  deadLetters: {} as Record<string, Queue>,
  tables: {} as Record<string, pulumi.Input<string>>,
  /** The secondary indexes of the tables. */
  indexes: {} as Record<string, Index>,
  /** Names of the queues that a function reads, by the function. */
  readers: {} as Record<string, pulumi.Input<string>[]>,
};

export type Watched = typeof watched & {
  readonly apiId: pulumi.Input<string>;
  /** Names of the rules that find the users with callbacks, and those whose callbacks fail. */
  readonly callbackOutcomes: { readonly called: string; readonly failing: string };
};
