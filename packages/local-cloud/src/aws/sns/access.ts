import { AwsError, type Principal } from "../../base/service.ts";
import { deniedAs } from "../iam/denied.ts";
import type { Iam } from "../iam/index.ts";
import type { Topic } from "./model.ts";

/** The permissions of callers. Throws `AuthorizationError` for a missing one. */
export class Access {
  readonly #iam: Pick<Iam, "authorize">;
  readonly #topics: ReadonlyMap<string, Topic>;

  constructor(iam: Pick<Iam, "authorize">, topics: ReadonlyMap<string, Topic>) {
    this.#iam = iam;
    this.#topics = topics;
  }

  /** The topic, if the principal may do the action with it. Only a permitted caller learns whether it exists. */
  topic(principal: Principal, action: string, arn: string, context: Record<string, string> = {}): Topic {
    const topic = this.#topics.get(arn);
    this.#require(principal, action, arn, { context, resourcePolicy: topic?.policy });
    if (topic === undefined) {
      throw new AwsError("NotFound", "Topic does not exist", 404);
    }
    return topic;
  }

  topics(principal: Principal): readonly Topic[] {
    this.#require(principal, "ListTopics", "*", {});
    return [...this.#topics.values()];
  }

  #require(
    principal: Principal,
    action: string,
    resource: string,
    more: { readonly context?: Record<string, string>; readonly resourcePolicy?: string | undefined },
  ): void {
    deniedAs("AuthorizationError", 403, () =>
      this.#iam.authorize({ principal, action: `sns:${action}`, resource, ...more }),
    );
  }
}
