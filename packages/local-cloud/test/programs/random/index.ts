import * as aws from "@pulumi/aws";
import * as random from "@pulumi/random";

/** Names and a password that nobody types. */
const pet = new random.RandomPet("name");
const suffix = new random.RandomId("suffix", { byteLength: 4 });
const password = new random.RandomPassword("password", { length: 20, minNumeric: 2, overrideSpecial: "_-" });
const zones = aws.getAvailabilityZonesOutput({ state: "available" });

const jobs = new aws.sqs.Queue("jobs", { name: pet.id });
const files = new aws.s3.Bucket("files", { bucket: suffix.hex.apply((hex) => `files-${hex}`) });

export const queueUrl = jobs.url;
export const bucketName = files.bucket;
export const secret = password.result;
export const zone = zones.names[0];
