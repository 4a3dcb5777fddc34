import { AwsError, type Principal } from "../../base/service.ts";
import type { Context, Pool } from "./context.ts";
import { attributes, type Input } from "./input.ts";
import type { NewAccount } from "./users.ts";

const cognito: Principal = { kind: "service", service: "cognito-idp.amazonaws.com" };

interface SignUp {
  readonly source: "PreSignUp_SignUp" | "PreSignUp_AdminCreateUser";
  readonly clientId: string;
  readonly account: NewAccount;
  /** The request, of which the function gets `ValidationData` and `ClientMetadata`. */
  readonly input: Input;
}

/** What the function decides for an account that it does not refuse. */
export interface Decided {
  readonly confirmed: boolean;
  /** The attributes of the account, with what is verified. */
  readonly attributes: Readonly<Record<string, string>>;
}

const verifiedBy = { autoVerifyEmail: "email", autoVerifyPhone: "phone_number" } as const;

/**
 * Asks the pool's function before an account is created. Throws its refusal as AWS words it. In a pool where people sign
 * in by an address, the function gets the `sub` as the name: an event of AWS is in localstack/localstack#9349.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-sign-up.html
 */
export async function askBeforeSignUp(
  { invoke }: Pick<Context, "invoke">,
  { settings }: Pool,
  { source: triggerSource, clientId, account, input }: SignUp,
): Promise<Decided> {
  const { preSignUp, id: userPoolId, arn } = settings;
  const { username: userName, attributes: userAttributes } = account;
  if (preSignUp === undefined) {
    return { confirmed: false, attributes: userAttributes };
  }
  const clientMetadata = input["ClientMetadata"];
  const event = {
    ...{ version: "1", region: userPoolId.split("_")[0], userPoolId, userName, triggerSource },
    callerContext: { awsSdkVersion: "aws-sdk-unknown-unknown", clientId },
    request: {
      userAttributes,
      validationData: input["ValidationData"] ? attributes(input, "ValidationData") : null,
      ...(clientMetadata !== undefined && { clientMetadata }),
    },
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
  return { confirmed: response["autoConfirmUser"] === true, attributes: verified(userAttributes, response) };
}

function verified(
  given: Readonly<Record<string, string>>,
  response: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> {
  const names = Object.entries(verifiedBy).flatMap(([flag, name]) => (response[flag] === true ? [name] : []));
  const absent = names.find((name) => !given[name]);
  if (absent !== undefined) {
    throw new AwsError("InvalidLambdaResponseException", `PreSignUp verifies ${absent}, which has no value.`);
  }
  return { ...given, ...Object.fromEntries(names.map((name) => [`${name}_verified`, "true"])) };
}
