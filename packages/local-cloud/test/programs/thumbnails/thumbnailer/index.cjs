const { DynamoDBClient, PutItemCommand } = require("@aws-sdk/client-dynamodb");
const { GetObjectCommand, PutObjectCommand, S3Client } = require("@aws-sdk/client-s3");
const sharp = require("sharp");

const s3 = new S3Client({});
const dynamodb = new DynamoDBClient({});

/** Makes a thumbnail of each uploaded picture, and a row that says where it is. */
exports.handler = async ({ Records }) => {
  for (const { s3: event } of Records) {
    // S3 encodes keys in events as a form does.
    const key = decodeURIComponent(event.object.key.replaceAll("+", " "));
    await makeThumbnail(event.bucket.name, key);
  }
};

async function makeThumbnail(Bucket, key) {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: key }));
  const { data, info } = await sharp(await Body.transformToByteArray())
    .rotate()
    .resize({ width: 160, height: 160, fit: "inside", withoutEnlargement: true })
    .webp()
    .toBuffer({ resolveWithObject: true });
  const [, id] = key.split("/");
  const thumbnail = `thumbnails/${id}.webp`;
  await s3.send(new PutObjectCommand({ Bucket, Key: thumbnail, Body: data, ContentType: "image/webp" }));
  const Item = {
    id: { S: id },
    original: { S: key },
    thumbnail: { S: thumbnail },
    width: { N: String(info.width) },
    height: { N: String(info.height) },
  };
  await dynamodb.send(new PutItemCommand({ TableName: process.env.TABLE, Item }));
}
