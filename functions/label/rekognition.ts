import {
  DetectLabelsCommand,
  ImageTooLargeException,
  InvalidImageFormatException,
  InvalidParameterException,
  InvalidS3ObjectException,
  type RekognitionClient,
} from "@aws-sdk/client-rekognition";
import { type Detection, unreadable } from "./detection.ts";

export interface Detecting {
  readonly client: RekognitionClient;
  readonly bucket: string;
  readonly maxLabels: number;
  /** 0 to 100. */
  readonly minConfidence: number;
}

/** Permanent errors. All other errors can be temporary. */
const permanent = [ImageTooLargeException, InvalidImageFormatException, InvalidParameterException];

/** Detects the labels of a picture, highest confidence first. */
export const detector =
  ({ client, bucket, maxLabels, minConfidence }: Detecting) =>
  async (key: string): Promise<Detection> => {
    try {
      const { Labels = [], LabelModelVersion } = await client.send(
        new DetectLabelsCommand({
          Image: { S3Object: { Bucket: bucket, Name: key } },
          MaxLabels: maxLabels,
          MinConfidence: minConfidence,
        }),
      );
      const labels = Labels.map(({ Name = "", Confidence = 0, Parents = [] }) => ({
        name: Name,
        confidence: Confidence,
        parents: Parents.flatMap((parent) => parent.Name ?? []),
      }));
      return { labels: labels.sort((a, b) => b.confidence - a.confidence), model: LabelModelVersion };
    } catch (error) {
      if (error instanceof InvalidS3ObjectException) {
        return unreadable;
      }
      if (permanent.some((type) => error instanceof type)) {
        const { name } = error as Error;
        return { error: { code: name.replace(/Exception$/, ""), message: messages[name] ?? unknown } };
      }
      throw error;
    }
  };

/** The service's own messages can name the bucket. */
const messages: Readonly<Record<string, string>> = {
  ImageTooLargeException: "The picture is too large to be labelled",
  InvalidImageFormatException: "The picture is corrupt, or not JPEG or PNG",
  InvalidParameterException: "The picture's dimensions cannot be labelled",
};

const unknown = "The picture cannot be labelled";
