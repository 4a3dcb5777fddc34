import { createHash } from "node:crypto";
import http from "node:http";
import { enableCompileCache } from "node:module";
import { join } from "node:path";
import sharp from "sharp";
import local from "../../local-cloud.config.ts";
import type { AssetEvent } from "../../packages/client/src/index.ts";
import { beforeEnd, parse, run, UsageError } from "../../packages/local-cloud/src/command.ts";
import { createLog } from "../../packages/local-cloud/src/base/log.ts";
import { connect, type Person, type PresignedRequest } from "./client.ts";
import { openGallery } from "./open.ts";
import { type Picture, readPicture } from "./picture.ts";

/** What the demo's exit code says: 0 only if the asset got its labels. */
const exitCodes: Readonly<Record<string, number>> = { LABELLED: 0, SKIPPED: 3, LABEL_FAILED: 4, REJECTED: 5 };

const usage = `npm run demo -- [photo.jpg]
Boots Darkroom, uploads a picture as a signed-in user, and shows each step until the labels are there. Without a file it
draws a picture of its own.
  --open  fill the gallery with a dozen pictures instead, open it, and run until Ctrl-C
  --help  print this
Exit code: 0 labelled, 1 failed otherwise, 2 a file that cannot be taken, 3 skipped, 4 labelling failed, 5 rejected.`;

/** Longest time until the asset is labelled or has failed, in milliseconds. */
const patience = 60_000;

const say = (text = ""): void => void process.stdout.write(`${text}\n`);

async function main(args: readonly string[]): Promise<number> {
  const { positionals, values } = parse(args, { open: { type: "boolean", default: false } }, true);
  const [file, ...more] = positionals;
  if (more.length > 0) {
    throw new UsageError(`One file at a time, not ${more.length + 1}`);
  }
  if (values.open && file !== undefined) {
    throw new UsageError("--open takes no file");
  }
  const picture = file === undefined ? await samplePicture() : readPicture(file);
  const started = performance.now();
  say("Booting Darkroom on this machine ...");
  enableCompileCache();
  const { startCloud } = await import("../../packages/local-cloud/src/cloud.ts");
  const cloud = await startCloud({
    root: join(import.meta.dirname, "../.."),
    local,
    stack: "dev",
    port: 0,
    data: undefined,
    log: createLog("error", (line) => process.stderr.write(`${line}\n`)),
  });
  beforeEnd(() => cloud.stop());
  try {
    say(`Ready in ${seconds(performance.now() - started)}: ${cloud.ready.graphqlUrl}`);
    if (values.open) {
      await openGallery(cloud.ready, "alice", say);
      // A signal ends it.
      return await new Promise<number>(() => undefined);
    }
    const person = await connect(cloud.ready, "alice");
    say("Signed in as alice");
    return await follow(person, picture);
  } finally {
    await cloud.stop();
  }
}

/** Creates and uploads the asset, and shows each event of the subscription. */
async function follow(person: Person, picture: Picture): Promise<number> {
  const events = await person.follow();
  const { bytes, contentType, name } = picture;
  say(`\n${name}: ${contentType}, ${bytes.length} bytes\n`);
  const begun = performance.now();
  const { asset, upload } = await person.createAsset({
    filename: name,
    contentType,
    contentLength: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
  });
  const uploaded = put(upload, bytes);
  const shown = show(person, { id: asset.id, bytes, begun, uploaded, events });
  // A failed upload has no event, so it ends the demo here.
  return (await Promise.all([shown, uploaded]))[0];
}

interface Shown {
  readonly id: string;
  readonly bytes: Buffer;
  /** Of the demo's work, in milliseconds. */
  readonly begun: number;
  readonly uploaded: Promise<void>;
  readonly events: AsyncIterable<AssetEvent>;
}

/** Prints each event of the asset, up to the last one. Returns the exit code. */
async function show(person: Person, { id, bytes, begun, uploaded, events }: Shown): Promise<number> {
  let last = begun;
  for await (const event of within(patience, events)) {
    if (event.assetId !== id) {
      continue;
    }
    const now = performance.now();
    say(`${event.type.padEnd(12)} +${(now - last).toFixed(0).padStart(4)} ms   ${describe(event)}`);
    last = now;
    const end = endOf(event);
    if (end !== undefined) {
      await uploaded;
      await report(person, event, bytes);
      say(`${end} after ${seconds(now - begun)}`);
      return exitCodes[end] ?? 1;
    }
  }
  return 1;
}

/** The exit code for an event, or undefined if more events follow. */
function endOf({ type, asset }: AssetEvent): string | undefined {
  if (type === "RECEIVED" && asset.labelStatus === "SKIPPED") {
    return "SKIPPED";
  }
  return type in exitCodes ? type : undefined;
}

const describe = ({ seq, asset }: AssetEvent): string =>
  `seq ${seq}, state ${asset.state}, labels ${asset.labelStatus}`;

async function report(person: Person, { asset }: AssetEvent, bytes: Buffer): Promise<void> {
  if (asset.labelError) {
    say(`\n  ${asset.labelError.code}: ${asset.labelError.message}`);
  }
  for (const { name, confidence, parents } of asset.labels ?? []) {
    say(
      `  ${confidence.toFixed(1).padStart(5)} %  ${name}${parents.length > 0 ? `  (${parents.join(", ")})` : ""}`,
    );
  }
  const url = await person.downloadUrl(asset.id);
  if (url !== null) {
    const back = Buffer.from(await (await fetch(url)).arrayBuffer());
    say(`\n  Download: ${url}\n  ${back.equals(bytes) ? "returns the same bytes" : "returns OTHER bytes"}`);
  }
  say();
}

/** Sends the presigned request unchanged, with a progress bar. */
async function put({ url, method, headers }: PresignedRequest, bytes: Buffer): Promise<void> {
  const request = http.request(url, {
    method,
    headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])),
  });
  const answered = new Promise<http.IncomingMessage>((resolve, reject) => {
    request.once("response", resolve).once("error", reject);
  });
  const chunk = 64 * 1024;
  for (let sent = 0; sent < bytes.length; sent += chunk) {
    await new Promise<void>((resolve) => {
      request.write(bytes.subarray(sent, sent + chunk), () => resolve());
    });
    progress(Math.min(sent + chunk, bytes.length) / bytes.length);
  }
  request.end();
  const response = await answered;
  response.resume();
  if (response.statusCode !== 200) {
    throw new Error(`The upload answered ${response.statusCode}`);
  }
}

function progress(share: number): void {
  const width = 30;
  const done = Math.round(share * width);
  const bar = `uploading    [${"#".repeat(done)}${" ".repeat(width - done)}] ${Math.round(share * 100)} %`;
  if (process.stdout.isTTY) {
    process.stdout.write(`\r${bar}${share === 1 ? "\n" : ""}`);
  } else if (share === 1) {
    say(bar);
  }
}

/** The events until the time limit. Throws if the last one is not among them. */
async function* within(milliseconds: number, events: AsyncIterable<AssetEvent>): AsyncGenerator<AssetEvent> {
  const late = Promise.withResolvers<never>();
  const deadline = setTimeout(
    () => late.reject(new Error(`No end within ${milliseconds / 1000} s`)),
    milliseconds,
  );
  const iterator = events[Symbol.asyncIterator]() as AsyncIterator<AssetEvent, undefined>;
  try {
    for (;;) {
      const { done, value } = await Promise.race<IteratorResult<AssetEvent, undefined>>([
        iterator.next(),
        late.promise,
      ]);
      if (done) {
        return;
      }
      yield value;
    }
  } finally {
    clearTimeout(deadline);
    late.promise.catch(() => undefined);
    void iterator.return?.();
  }
}

/** A generated picture of a sunset. */
async function samplePicture(): Promise<Picture> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1280" height="720">
    <defs><linearGradient id="sky" x1="0" y1="0" x2="0" y2="1">
      <stop offset="0" stop-color="#1b2a6b"/><stop offset="0.6" stop-color="#e4572e"/><stop offset="1" stop-color="#f3a712"/>
    </linearGradient></defs>
    <rect width="1280" height="720" fill="url(#sky)"/>
    <circle cx="640" cy="470" r="90" fill="#ffe9a8"/>
    <rect y="500" width="1280" height="220" fill="#17223b"/>
  </svg>`;
  return {
    name: "sunset.jpg",
    contentType: "image/jpeg",
    bytes: await sharp(Buffer.from(svg)).jpeg({ quality: 90 }).toBuffer(),
  };
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;

run(usage, main);
