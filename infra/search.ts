import * as pulumi from "@pulumi/pulumi";
import { ServiceFunction } from "./function.ts";
import { mayRead, readQueue, WorkQueue } from "./queue.ts";
import type { Settings } from "./settings.ts";
import type { Tables } from "./tables.ts";

interface SearchArgs {
  readonly settings: Settings;
  readonly tables: Tables;
}

/** Timeout of `indexer` in seconds: ten assets of one owner, one after another. */
const indexerTimeout = 30;

/** Keeps the label index in agreement with the assets. Searches and counts read from it. */
export class Search extends pulumi.ComponentResource {
  /** Assets to compare with the index, in order by owner. */
  readonly jobs: WorkQueue;

  constructor(name: string, { settings, tables }: SearchArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Search", name, {}, opts);
    this.jobs = new WorkQueue(
      `${name}-jobs`,
      { fifo: true, functionTimeout: indexerTimeout, maxAge: 10 * 60, maxReceiveCount: 5 },
      { parent: this },
    );
    const indexer = new ServiceFunction(
      "indexer",
      {
        settings,
        timeout: indexerTimeout,
        environment: { ASSETS_TABLE: tables.assets.name, LABELS_TABLE: tables.labels.name },
        statements: [
          mayRead(this.jobs.arn),
          { Sid: "ReadAssets", Action: ["dynamodb:GetItem"], Resource: tables.assets.arn },
          {
            Sid: "KeepIndex",
            Action: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
            Resource: tables.labels.arn,
          },
        ],
      },
      { parent: this },
    );
    readQueue(
      "indexer",
      { reader: indexer, queue: this.jobs.arn, maximumConcurrency: settings.ingestConcurrency },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
