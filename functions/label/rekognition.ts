import {
  DetectLabelsCommand,
  ImageTooLargeException,
  InvalidImageFormatException,
  InvalidParameterException,
  InvalidS3ObjectException,
  type RekognitionClient,
} from "@aws-sdk/client-rekognition";
import type { Detection } from "./label.ts";

export interface Detecting {
  readonly client: RekognitionClient;
  readonly bucket: string;
  readonly maxLabels: number;
  /** 0 to 100. */
  readonly minConfidence: number;
}

/** What Rekognition says of a picture and will say again: everything else may be mended by repeating it. */
const permanent = [ImageTooLargeException, InvalidImageFormatException, InvalidParameterException];

/** Labels of the picture under a key, surest first. */
export const detector =
  ({ client, bucket, maxLabels, minConfidence }: Detecting) =>
  async (key: string): Promise<Detection> => {
    try {
      const { Labels = [] } = await client.send(
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
      return { labels: labels.sort((a, b) => b.confidence - a.confidence) };
    } catch (error) {
      // It stands for a missing object and for a missing permission, which may only be late.
      const mayPass = error instanceof InvalidS3ObjectException;
      if (mayPass || permanent.some((type) => error instanceof type)) {
        const { name } = error as Error;
        return {
          error: { code: name.replace(/Exception$/, ""), message: messages[name] ?? unknown },
          mayPass,
        };
      }
      throw error;
    }
  };

/** Our own words: the service's may name the bucket. */
const messages: Readonly<Record<string, string>> = {
  ImageTooLargeException: "The picture is too large to be labelled",
  InvalidImageFormatException: "The picture is corrupt, or not JPEG or PNG",
  InvalidParameterException: "The picture's dimensions cannot be labelled",
  InvalidS3ObjectException: "The picture could not be read",
};

const unknown = "The picture cannot be labelled";
