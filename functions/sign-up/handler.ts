import type { PreSignUpTriggerEvent } from "aws-lambda";
import { required } from "../shared/environment.ts";
import { refusal } from "./sign-up.ts";

const domains = JSON.parse(required("DOMAINS")) as readonly string[];

/** Cognito creates the account unless this throws. The message reaches the client, after the name of the trigger. */
export const handler = (event: PreSignUpTriggerEvent): Promise<PreSignUpTriggerEvent> => {
  const refused = refusal(event.triggerSource, event.request.userAttributes["email"], domains);
  return refused === undefined ? Promise.resolve(event) : Promise.reject(new Error(refused));
};
