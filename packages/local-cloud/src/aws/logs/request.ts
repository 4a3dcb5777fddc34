import { AwsError } from "../../base/service.ts";
import type { JsonObject } from "../gateway/json.ts";
import { brokenConstraints, type Members } from "../shapes.ts";

export const invalid = (message: string): AwsError => new AwsError("InvalidParameterException", message);

/** Throws `InvalidParameterException` for what the API reference does not allow. */
export function requireShape(members: Members, input: JsonObject): void {
  const broken = brokenConstraints(members, input);
  if (broken !== undefined) {
    throw invalid(broken);
  }
}

export const groupName = { type: "string", min: 1, max: 512, pattern: "[\\.\\-_/#A-Za-z0-9]+" } as const;

/** The position after which a page begins, as an opaque text. */
export const tokenOf = (position: number | string): string =>
  Buffer.from(`${position}`).toString("base64url");

/** Throws `InvalidParameterException` for a token of another form. */
export function positionIn(token: string, form: RegExp): string {
  const position = Buffer.from(token, "base64url").toString();
  if (!form.test(position)) {
    throw invalid("The specified nextToken is invalid.");
  }
  return position;
}
