import { appsyncAccessFaults } from "./appsync-access.ts";
import { appsyncExecutionFaults } from "./appsync-execution.ts";
import { appsyncRealtimeFaults } from "./appsync-realtime.ts";
import { cognitoFaults } from "./cognito.ts";
import { consoleFaults } from "./console.ts";
import { lambdaFaults } from "./lambda.ts";
import { rekognitionFaults } from "./rekognition.ts";
import { s3Faults } from "./s3.ts";
import { schedulerFaults } from "./scheduler.ts";
import { sqsFaults } from "./sqs.ts";
import type { Fault } from "../fault.ts";

export const localFaults: readonly Fault[] = [
  ...appsyncAccessFaults,
  ...appsyncExecutionFaults,
  ...appsyncRealtimeFaults,
  ...cognitoFaults,
  ...consoleFaults,
  ...lambdaFaults,
  ...rekognitionFaults,
  ...s3Faults,
  ...schedulerFaults,
  ...sqsFaults,
];
