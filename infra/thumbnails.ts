import * as pulumi from "@pulumi/pulumi";
import { ServiceFunction } from "./function.ts";
import { mayRead, readQueue, WorkQueue } from "./queue.ts";
import type { Settings } from "./settings.ts";
import type { Tables } from "./tables.ts";
import type { Uploads } from "./uploads.ts";

interface ThumbnailsArgs {
  readonly settings: Settings;
  readonly tables: Tables;
  readonly uploads: Uploads;
}

/** Seconds that one picture may take. Decoding itself is ended after half of it. */
const thumbnailTimeout = 30;

/** Attempts at a picture, for those that crash the function. */
const tries = 5;

/** MB. The largest picture that is decoded has 50 million pixels. As AVIF it takes 980 MB. */
const memory = 1536;

/** Smaller copies of pictures, and their sizes in the rows. */
export class Thumbnails extends pulumi.ComponentResource {
  /** Pictures to make copies of. */
  readonly jobs: WorkQueue;

  constructor(
    name: string,
    { settings, tables, uploads }: ThumbnailsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("darkroom:index:Thumbnails", name, {}, opts);
    this.jobs = new WorkQueue(
      `${name}-jobs`,
      { functionTimeout: thumbnailTimeout, maxAge: 15 * 60, maxReceiveCount: tries },
      { parent: this },
    );
    const { deadLetters } = this.jobs;
    const thumbnail = new ServiceFunction(
      "thumbnail",
      {
        settings,
        timeout: thumbnailTimeout,
        memory,
        packages: ["@img/sharp-linux-arm64", "@img/sharp-libvips-linux-arm64"],
        environment: {
          BUCKET: uploads.bucket,
          ASSETS_TABLE: tables.assets.name,
          THUMBNAIL_DEAD_LETTER_QUEUE_ARN: deadLetters.arn,
        },
        statements: [
          mayRead(this.jobs.arn, deadLetters.arn),
          { Sid: "ReadPictures", Action: ["s3:GetObject"], Resource: uploads.objects },
          // Without it S3 answers 403, not 404, for an object that has gone.
          { Sid: "FindPictures", Action: ["s3:ListBucket"], Resource: uploads.bucketArn },
          {
            Sid: "KeepRenditions",
            Action: ["s3:PutObject", "s3:DeleteObjectVersion"],
            Resource: uploads.renditions,
          },
          {
            Sid: "ChangeAssets",
            Action: ["dynamodb:GetItem", "dynamodb:UpdateItem"],
            Resource: tables.assets.arn,
          },
        ],
      },
      { parent: this },
    );
    readQueue(
      "thumbnail",
      {
        reader: thumbnail,
        queue: this.jobs.arn,
        maximumConcurrency: settings.thumbnailConcurrency,
        batchSize: 1,
      },
      { parent: this },
    );
    readQueue(
      "thumbnail-dead",
      { reader: thumbnail, queue: deadLetters.arn, maximumConcurrency: 2 },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
