import type { JsonObject } from "../gateway/json.ts";
import { AwsError } from "../../base/service.ts";
import { brokenConstraints, type Members } from "../shapes.ts";

/** Where the picture is: an object in S3, or the bytes themselves. */
export type ImageSource = { readonly bucket: string; readonly key: string } | Buffer;

export interface DetectLabelsRequest {
  readonly image: ImageSource;
  readonly maxLabels: number;
  /** Percent. */
  readonly minConfidence: number;
}

/**
 * Throws `ValidationException` for what the API reference does not allow, and `InvalidParameterException` for an image
 * that is neither bytes nor an object, and for an option that is not supported here.
 */
export function readRequest(input: JsonObject): DetectLabelsRequest {
  const broken = brokenConstraints(members, input);
  if (broken !== undefined) {
    throw new AwsError("ValidationException", broken);
  }
  const { Image, MaxLabels, MinConfidence, Features, Settings } = input as unknown as Valid;
  const image = readImage(Image);
  if (Settings) {
    throw invalid("Settings is not supported locally");
  }
  const other = Features?.find((feature) => feature !== "GENERAL_LABELS");
  if (other !== undefined) {
    throw invalid(`Feature ${other} is not supported locally`);
  }
  return {
    image,
    maxLabels: MaxLabels ?? 1_000,
    // AWS's default: labels with a lower confidence are left out.
    minConfidence: MinConfidence ?? 55,
  };
}

export function invalid(message: string): AwsError {
  return new AwsError("InvalidParameterException", message);
}

interface Valid {
  readonly Image: {
    readonly Bytes?: string | null;
    readonly S3Object?: {
      readonly Bucket?: string | null;
      readonly Name?: string | null;
      readonly Version?: string | null;
    } | null;
  };
  readonly MaxLabels?: number | null;
  readonly MinConfidence?: number | null;
  readonly Features?: readonly string[] | null;
  readonly Settings?: object | null;
}

/** The maximum size of a picture in the request, in bytes. */
const maxBytes = 5_242_880;

const filters = { type: "list", max: 100, of: { type: "string" } } as const;

/** https://docs.aws.amazon.com/rekognition/latest/APIReference/API_DetectLabels.html */
const members: Members = {
  Image: {
    type: "structure",
    required: true,
    members: {
      Bytes: { type: "blob", min: 1, max: maxBytes },
      S3Object: {
        type: "structure",
        members: {
          Bucket: { type: "string", min: 3, max: 255, pattern: "[0-9A-Za-z\\.\\-_]*" },
          Name: { type: "string", min: 1, max: 1024 },
          Version: { type: "string", min: 1, max: 1024 },
        },
      },
    },
  },
  MaxLabels: { type: "integer", min: 0 },
  MinConfidence: { type: "float", min: 0, max: 100 },
  Features: { type: "list", of: { type: "string", values: ["GENERAL_LABELS", "IMAGE_PROPERTIES"] } },
  Settings: {
    type: "structure",
    members: {
      GeneralLabels: {
        type: "structure",
        members: {
          LabelInclusionFilters: filters,
          LabelExclusionFilters: filters,
          LabelCategoryInclusionFilters: filters,
          LabelCategoryExclusionFilters: filters,
        },
      },
      ImageProperties: {
        type: "structure",
        members: { MaxDominantColors: { type: "integer", min: 0 } },
      },
    },
  },
};

function readImage({ Bytes: bytes, S3Object: object }: Valid["Image"]): ImageSource {
  if (bytes && !object) {
    return Buffer.from(bytes, "base64");
  }
  const { Bucket: bucket, Name: key, Version: version } = object ?? {};
  if (bytes || !bucket || !key) {
    throw invalid("Request has invalid parameters");
  }
  if (version) {
    throw invalid("Image.S3Object.Version is not supported locally");
  }
  return { bucket, key };
}
