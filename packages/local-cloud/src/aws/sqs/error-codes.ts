import type { AwsError } from "../../base/service.ts";

/** The code in the older query protocol. SDKs report it as the error's `Code`. */
export const queryCodeOf = ({ code }: AwsError): string => queryCodes.get(code) ?? code;

/** The code in the JSON protocol. */
export const jsonCodeOf = ({ code }: AwsError): string => jsonCodes.get(code) ?? code;

const queryCodes = new Map([
  ["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"],
  ["AccessDeniedException", "AccessDenied"],
  ...[
    "BatchEntryIdsNotDistinct",
    "BatchRequestTooLong",
    "EmptyBatchRequest",
    "InvalidBatchEntryId",
    "MessageNotInflight",
    "PurgeQueueInProgress",
    "TooManyEntriesInBatchRequest",
    "UnsupportedOperation",
  ].map((code) => [code, `AWS.SimpleQueueService.${code}`] as const),
]);

const jsonCodes = new Map([
  ["InvalidParameterValue", "InvalidParameterValueException"],
  ["MissingParameter", "MissingRequiredParameterException"],
]);
