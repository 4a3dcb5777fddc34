import { AwsError } from "../../base/service.ts";

/** Runs a check of IAM. Its `AccessDenied` becomes the code and the status by which a service says the same. */
export function deniedAs(code: string, status: number, authorize: () => void): void {
  try {
    authorize();
  } catch (error) {
    if (error instanceof AwsError && error.code === "AccessDenied") {
      throw new AwsError(code, error.message, status);
    }
    throw error;
  }
}
