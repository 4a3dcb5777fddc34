import type { Change } from "../../functions/relay/relay.ts";
import { changeOf } from "../../functions/relay/change.ts";
import { ofType } from "../../packages/local-cloud/src/base/graph.ts";
import type { Running } from "../support/cloud.ts";
import { credentialsOf } from "../support/function.ts";
import { signPost } from "../support/sign.ts";

/** The assets table's stream, read as the relay's role may. */
export interface StreamReader {
  /** Records since the last call; `again` with those of the last call before them. */
  next(again: boolean): Promise<Change[]>;
}

type Record = Parameters<typeof changeOf>[0];

/** The SDK's client for streams is not among the project's packages: two calls of its JSON protocol do. */
export function streamReader({ cloud }: Running): StreamReader {
  const { endpointUrl, region } = cloud.ready;
  const credentials = credentialsOf(cloud, "relay");
  const arn = ofType(cloud.graph, "aws:dynamodb/table:Table").find(({ name }) => name === "tables-assets")
    ?.outputs.streamArn;
  let iterator: string | undefined;
  let last: Change[] = [];

  async function call<Output>(operation: string, input: object): Promise<Output> {
    const url = new URL(endpointUrl);
    const body = JSON.stringify(input);
    const target = { "x-amz-target": `DynamoDBStreams_20120810.${operation}` };
    const headers = await signPost({
      ...{ service: "dynamodb", region, credentials, url, body },
      headers: { "content-type": "application/x-amz-json-1.0", ...target },
    });
    const response = await fetch(url, { method: "POST", headers, body });
    if (!response.ok) {
      throw new Error(`${operation}: ${await response.text()}`);
    }
    return (await response.json()) as Output;
  }

  async function begin(): Promise<string> {
    const { StreamDescription: stream } = await call<{
      StreamDescription: { Shards: { ShardId: string }[] };
    }>("DescribeStream", { StreamArn: arn });
    const ShardId = stream.Shards.at(-1)?.ShardId;
    const { ShardIterator } = await call<{ ShardIterator: string }>("GetShardIterator", {
      ...{ StreamArn: arn, ShardId, ShardIteratorType: "TRIM_HORIZON" },
    });
    return ShardIterator;
  }

  return {
    async next(again) {
      const fresh: Change[] = [];
      for (let more = true; more;) {
        iterator ??= await begin();
        const page = await call<{ Records: Record[]; NextShardIterator: string }>("GetRecords", {
          ShardIterator: iterator,
        });
        iterator = page.NextShardIterator;
        fresh.push(...page.Records.map(changeOf));
        more = page.Records.length > 0;
      }
      const repeated = again ? last : [];
      last = fresh;
      return [...repeated, ...fresh];
    },
  };
}
