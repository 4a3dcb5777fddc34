import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterEach, describe, expect, it } from "@jest/globals";
import { upload, type UploadOptions } from "../../packages/client/src/index.ts";
import { useCloud } from "../support/cloud.ts";
import { type Fault, openProxy, type Passing, type Proxy } from "./proxy.ts";

const use = useCloud();

let proxy: Proxy | undefined;
afterEach(() => proxy?.close());

let number = 0;
/** Large enough that it does not arrive at once. */
const file = (bytes = 3_000_000): File => {
  number += 1;
  return new File([Buffer.alloc(bytes, `${number} `)], `${number}.txt`, { type: "text/plain" });
};

/** Uploads over a proxy. Records the names of all requests. */
async function uploadOver(
  {
    faults,
    rewrite,
  }: {
    /** Of the requests by name, in their order. */
    readonly faults?: Readonly<Record<string, (Fault | ((passing: Passing) => Fault) | undefined)[]>>;
    readonly rewrite?: (name: string, answer: string) => string;
  },
  given: File,
  options: UploadOptions = {},
) {
  const names: string[] = [];
  const counts = new Map<string, number>();
  proxy = await openProxy(
    use().cloud.ready,
    (passing) => {
      const { name } = passing;
      names.push(name);
      const count = counts.get(name) ?? 0;
      counts.set(name, count + 1);
      const fault = faults?.[name]?.[count];
      return typeof fault === "function" ? fault(passing) : fault;
    },
    rewrite,
  );
  const endpoint = { graphqlUrl: proxy.graphqlUrl, token: () => use().alice.token };
  const result = await upload(endpoint, given, { until: "RECEIVED", ...options });
  return { ...result, names: names.filter((name) => name !== "getAsset") };
}

const slowDown = { answer: 503, body: "<Error><Code>SlowDown</Code></Error>" };

describe("an upload on a bad way", () => {
  it("passes a good proxy", async () => {
    const { asset, names } = await uploadOver({}, file());
    expect(asset.state).toBe("RECEIVED");
    expect(names).toEqual(["createAsset", "PUT"]);
  });

  it("is tried again after 503 SlowDown", async () => {
    const { asset, names } = await uploadOver({ faults: { PUT: [slowDown, slowDown] } }, file());
    expect(asset.state).toBe("RECEIVED");
    expect(names).toEqual(["createAsset", "PUT", "PUT", "PUT"]);
  });

  it("is sent again from its beginning after a connection that broke in the middle", async () => {
    const progress: number[] = [];
    const { asset, names } = await uploadOver(
      { faults: { PUT: [{ breakAfter: 100_000 }, { breakAfter: 2_000_000 }] } },
      file(),
      { onProgress: (sent) => progress.push(sent) },
    );
    expect(asset.state).toBe("RECEIVED");
    expect(names).toEqual(["createAsset", "PUT", "PUT", "PUT"]);
    expect(progress.at(-1)).toBe(3_000_000);
  });

  it("is not sent twice if only the answer was lost", async () => {
    const { asset, names } = await uploadOver({ faults: { PUT: [{ loseAnswer: true }] } }, file());
    expect(asset.state).toBe("RECEIVED");
    expect(names).toEqual(["createAsset", "PUT", "PUT"]);
  });

  it("is tried again after answers of the API that are lost, late or not its own", async () => {
    const { asset, names } = await uploadOver(
      { faults: { createAsset: [{ loseAnswer: true }, { answer: 502, body: "<html>" }, { answer: 429 }] } },
      file(),
    );
    expect(asset.state).toBe("RECEIVED");
    expect(names).toEqual(["createAsset", "createAsset", "createAsset", "createAsset", "PUT"]);
  });

  it("gets another URL when S3 says that it has lapsed", async () => {
    const lapsed = await lapsedUrl();
    const { asset, names } = await uploadOver(
      {
        rewrite: (name, answer) =>
          name === "createAsset" ? answer.replace(/"url":"[^"]*"/, `"url":"${lapsed}"`) : answer,
      },
      file(),
    );
    expect(asset.state).toBe("RECEIVED");
    expect(names).toEqual(["createAsset", "PUT", "renewUpload", "PUT"]);
  });

  it("gets another URL before an attempt for which it would lapse", async () => {
    const soon = new Date(Date.now() + 5_000).toISOString();
    const { asset, names } = await uploadOver(
      {
        faults: { PUT: [slowDown] },
        rewrite: (name, answer) =>
          name === "createAsset" ? answer.replace(/"expiresAt":"[^"]*"/, `"expiresAt":"${soon}"`) : answer,
      },
      file(),
    );
    expect(asset.state).toBe("RECEIVED");
    expect(names).toEqual(["createAsset", "PUT", "renewUpload", "PUT"]);
  });

  it("ends its request when it is aborted, and continues with the same asset later", async () => {
    // More than the sockets hold on the way.
    const given = file(30_000_000);
    const end = new AbortController();
    const reason = new Error("enough");
    const closed = Promise.withResolvers<unknown>();
    const ids: string[] = [];
    const options = { signal: end.signal, onReserved: ({ id }: { id: string }) => ids.push(id) };
    const held = ({ request }: Passing) => {
      request.once("close", () => closed.resolve(request.complete));
      request.once("data", () => end.abort(reason));
      return { breakAfter: Infinity };
    };
    await expect(uploadOver({ faults: { PUT: [held] } }, given, options)).rejects.toBe(reason);
    expect(await closed.promise).toBe(false);
    proxy?.close();
    const { asset, existing } = await uploadOver({}, given);
    expect({ id: asset.id, existing }).toEqual({ id: ids[0], existing: false });
  });

  it("ends while it waits for the next attempt", async () => {
    const end = new AbortController();
    const reason = new Error("enough");
    const failing = () => {
      setTimeout(() => end.abort(reason));
      return slowDown;
    };
    await expect(uploadOver({ faults: { PUT: [failing] } }, file(), { signal: end.signal })).rejects.toBe(
      reason,
    );
  });
});

/** A URL that S3 refuses as lapsed: it was signed an hour ago. */
async function lapsedUrl(): Promise<string> {
  const { ready } = use().cloud;
  const { administrator } = ready.roles;
  const s3 = new S3Client({
    ...{ region: ready.region, endpoint: ready.endpointUrl, forcePathStyle: true },
    ...(administrator && { credentials: administrator }),
    requestChecksumCalculation: "WHEN_REQUIRED",
  });
  const command = new PutObjectCommand({ Bucket: ready.bucket, Key: "uploads/lapsed" });
  const url = await getSignedUrl(s3, command, {
    expiresIn: 300,
    signingDate: new Date(Date.now() - 3_600_000),
  });
  s3.destroy();
  return url;
}
