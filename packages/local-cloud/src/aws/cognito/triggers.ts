import { AwsError, type Principal } from "../../base/service.ts";
import type { Context, Pool } from "./context.ts";
import { invalid } from "./input.ts";

const cognito: Principal = { kind: "service", service: "cognito-idp.amazonaws.com" };

interface SignUp {
  readonly source: "PreSignUp_SignUp" | "PreSignUp_AdminCreateUser";
  readonly clientId: string;
  readonly userName: string;
  readonly userAttributes: Readonly<Record<string, string>>;
}

/**
 * Asks the pool's function before an account is created. Throws its refusal as AWS words it.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-sign-up.html
 */
export async function askBeforeSignUp(
  { invoke }: Pick<Context, "invoke">,
  { settings }: Pool,
  { source: triggerSource, clientId, userName, userAttributes }: SignUp,
): Promise<void> {
  const { preSignUp, id: userPoolId, arn } = settings;
  if (preSignUp === undefined) {
    return;
  }
  const event = {
    ...{ version: "1", region: userPoolId.split("_")[0], userPoolId, userName, triggerSource },
    callerContext: { awsSdkVersion: "aws-sdk-unknown-unknown", clientId },
    request: { userAttributes, validationData: null },
    response: { autoConfirmUser: false, autoVerifyEmail: false, autoVerifyPhone: false },
  };
  const answer = await invoke(cognito, preSignUp, event, arn).catch((error: unknown) => {
    const { code = "" } = error as { readonly code?: string };
    throw code === "AccessDeniedException"
      ? new AwsError("UnexpectedLambdaException", "PreSignUp failed with error AccessDeniedException.")
      : error;
  });
  if ("error" in answer) {
    throw new AwsError(
      "UserLambdaValidationException",
      `PreSignUp failed with error ${answer.error.errorMessage}.`,
    );
  }
  const { response = {} } = (answer.payload ?? {}) as { readonly response?: Record<string, unknown> };
  const automatic = Object.keys(response).find((name) => response[name] === true);
  if (automatic !== undefined) {
    throw invalid(`${automatic} in the answer of PreSignUp is not supported locally`);
  }
}
