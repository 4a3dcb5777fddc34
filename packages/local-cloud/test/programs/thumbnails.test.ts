import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, it } from "@jest/globals";
import sharp from "sharp";
import type { Ready } from "../../src/cloud.ts";
import { placeThumbnails } from "./place-thumbnails.ts";
import { ask, usePrograms } from "./support.ts";

const { boot, command, place, later } = usePrograms();

const placed = () => placeThumbnails(place);

async function dataOf<Data>(ready: Ready, query: string): Promise<Data> {
  const { data, errors } = (await ask(ready, query)) as { data: Data; errors?: unknown };
  expect(errors).toBeUndefined();
  return data;
}

interface Upload {
  readonly id: string;
  readonly url: string;
}

async function requestUpload(ready: Ready, name: string): Promise<Upload> {
  const mutation = `mutation { requestUpload(name: "${name}") { id url } }`;
  return (await dataOf<{ requestUpload: Upload }>(ready, mutation)).requestUpload;
}

interface Picture {
  readonly original: string;
  readonly thumbnail: string;
  readonly width: number;
  readonly height: number;
}

/** Asks until the row is there. */
async function pictureOf(ready: Ready, id: string): Promise<Picture> {
  const query = `{ picture(id: "${id}") { original thumbnail width height } }`;
  for (;;) {
    const { picture } = await dataOf<{ picture: Picture | null }>(ready, query);
    if (picture !== null) {
      return picture;
    }
  }
}

function s3Of(ready: Ready): S3Client {
  const client = new S3Client({
    endpoint: ready.endpointUrl,
    region: ready.region,
    credentials: ready.roles["administrator"] ?? { accessKeyId: "", secretAccessKey: "" },
    forcePathStyle: true,
  });
  later(() => client.destroy());
  return client;
}

const jpeg = (width: number, height: number): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: "teal" } })
    .jpeg()
    .toBuffer();

it("boots with npx local-cloud --program from a folder elsewhere; an upload by presigned URL gets its thumbnail", async () => {
  const ready = await command(placed());
  const { id, url } = await requestUpload(ready, "my holiday.jpg");
  const put = await fetch(url, { method: "PUT", body: new Uint8Array(await jpeg(640, 400)) });
  expect(put.status).toBe(200);
  const picture = await pictureOf(ready, id);
  expect(picture).toEqual({
    original: `uploads/${id}/my holiday.jpg`,
    thumbnail: `thumbnails/${id}.webp`,
    width: 160,
    height: 100,
  });
  const { Body, ContentType } = await s3Of(ready).send(
    new GetObjectCommand({ Bucket: String(ready.outputs["bucketName"]), Key: picture.thumbnail }),
  );
  expect(ContentType).toBe("image/webp");
  const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
  expect(await sharp(bytes).metadata()).toMatchObject({ format: "webp", width: 160, height: 100 });
});

it("is refused at boot without the function's permission for S3", async () => {
  const copy = placed();
  const file = join(copy, "index.ts");
  const whole = readFileSync(file, "utf8");
  const without = whole.replace(
    /const allowed = new aws\.lambda\.Permission\([\s\S]*?\n\}\);/,
    "const allowed: pulumi.Resource[] = [];",
  );
  expect(without).not.toBe(whole);
  writeFileSync(file, without);
  await expect(boot("thumbnails", { root: copy })).rejects.toThrow(
    /Unable to validate the following destination configurations: (arn:aws:lambda:us-east-1:\d+:function:thumbnailer-\w+): Not authorized to invoke function \[\1\]/,
  );
});
