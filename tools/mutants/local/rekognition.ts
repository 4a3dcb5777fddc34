import { type Fault, localFaultIn as fault } from "../fault.ts";

const rekognition = "aws/rekognition";
const inRekognition = fault(rekognition, "index", "rekognition");
const inRekognitionRequest = fault(rekognition, "request", "rekognition");

export const rekognitionFaults: readonly Fault[] = [
  inRekognition(
    "labels are detected without permission",
    'iam.authorize({ principal, action: "rekognition:DetectLabels", resource: "*" }),',
    "void iam,",
  ),
  inRekognition(
    "a picture in a bucket may have any size",
    "bytes.length > maxObject",
    "bytes.length > Infinity",
  ),
  inRekognition(
    "labels below the requested confidence are returned",
    "Confidence >= minConfidence",
    "Confidence >= 0",
  ),
  inRekognitionRequest(
    "a picture together with an object is accepted",
    "if (bytes && !object)",
    "if (bytes)",
  ),
];
