import type * as pulumi from "@pulumi/pulumi";

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
};

export type Watched = typeof watched & { readonly apiId: pulumi.Input<string> };
