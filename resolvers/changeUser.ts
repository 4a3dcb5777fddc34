import { type Context, type DynamoDBUpdateItemRequest, util } from "@aws-appsync/utils";
import type { UpdateUserArguments } from "../domain/schema.ts";
import { updateExpression } from "../domain/update.ts";
import { conditionFailed, internal } from "./shared/errors.ts";

interface UserAttributes {
  updatedAt: string;
  name?: string;
  firstName?: string;
  lastName?: string;
  email?: string;
}

/**
 * Writes the given fields. A null is ignored, because AppSync passes null for a variable that the caller left out
 * (aws/aws-appsync-community#348). The condition is that the user exists and has the expected version, if one is given.
 */
export function request(ctx: Context<UpdateUserArguments>): DynamoDBUpdateItemRequest {
  const { id, name, firstName, lastName, email, removeEmail, expectedVersion } = ctx.args.input;
  const set: UserAttributes = { updatedAt: util.time.nowISO8601() };
  const remove: string[] = [];
  if (name) {
    set.name = name;
    remove.push("firstName", "lastName");
  }
  if (firstName) {
    set.name = `${firstName} ${lastName}`;
    set.firstName = firstName;
    set.lastName = lastName ?? "";
  }
  if (email) {
    set.email = email;
  } else if (removeEmail) {
    remove.push("email");
  }
  const { expression, names, values } = updateExpression({ set: { ...set }, increment: ["version"], remove });
  names["#id"] = "id";
  const versioned = expectedVersion !== null && expectedVersion !== undefined;
  if (versioned) {
    values[":expected"] = expectedVersion;
  }
  return {
    operation: "UpdateItem",
    key: util.dynamodb.toMapValues({ id }),
    update: {
      expression,
      expressionNames: names,
      expressionValues: util.dynamodb.toMapValues(values),
    },
    condition: {
      expression: `attribute_exists(#id)${versioned ? " AND #version = :expected" : ""}`,
    },
  };
}

/** A write without a resulting item counts as refused. The next function finds the reason. */
export function response(ctx: Context): unknown {
  if (ctx.error && !conditionFailed(ctx.error)) {
    internal();
  }
  const refused = !!ctx.error || !ctx.result;
  (ctx.stash as { refused?: boolean }).refused = refused;
  return refused ? null : (ctx.result as unknown);
}
