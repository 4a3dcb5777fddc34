import type { Access, Iam } from "./aws/iam/index.ts";
import { AwsError } from "./aws/service.ts";

/** Makes an AWS action fail, for tests: every call to any service passes IAM, so that is where it fails. */
export interface Fault {
  /** `rekognition:DetectLabels` */
  readonly action: string;
  /** The error's code, such as `ThrottlingException`. */
  readonly code: string;
  /** How many calls fail; all of them if absent. */
  readonly times?: number;
}

/** An Iam whose answers are as before, but for the faults. */
export function withFaults(iam: Iam, faults: readonly Fault[]): Iam {
  const left = faults.map((fault) => ({ ...fault, times: fault.times ?? Infinity }));
  return {
    ...iam,
    authorize(access: Access) {
      iam.authorize(access);
      const fault = left.find(({ action, times }) => action === access.action && times > 0);
      if (fault) {
        fault.times -= 1;
        throw new AwsError(fault.code, `Injected fault: ${fault.action}`, 400);
      }
    },
  };
}
