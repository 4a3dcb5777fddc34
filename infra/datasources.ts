import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { revocations } from "../domain/revocation.ts";
import { here } from "./naming.ts";
import { ServiceRole, type Statement } from "./role.ts";
import type { Tables } from "./tables.ts";

export type DataSourceName =
  | "none"
  | "users"
  | "assets"
  | "events"
  | "clientTokens"
  | "presign"
  | "callbacks"
  | "webhooks"
  | "labels"
  | "usage"
  | "erasures";

interface DataSourcesArgs {
  readonly api: aws.appsync.GraphQLApi;
  readonly tables: Tables;
  readonly presign: pulumi.Input<string>;
  readonly webhooks: pulumi.Input<string>;
}

/** The data sources, each with a role of its own. They are created one after another, for the reason of `Api.steps`. */
export class DataSources extends pulumi.ComponentResource {
  private readonly names = new Map<DataSourceName, pulumi.Output<string>>();
  private readonly api: aws.appsync.GraphQLApi;
  private newest: pulumi.Resource;

  constructor(
    name: string,
    { api, tables, presign, webhooks }: DataSourcesArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("darkroom:index:DataSources", `${name}-sources`, {}, opts);
    this.api = api;
    this.newest = api;
    this.add("none", { type: "NONE" });
    this.addTable("users", tables.users, ["GetItem", "PutItem", "UpdateItem", "DeleteItem", "Scan"]);
    this.addTable(
      "assets",
      tables.assets,
      ["GetItem", "BatchGetItem", "PutItem", "UpdateItem"],
      [
        {
          Sid: "ListAssets",
          Action: ["dynamodb:Query"],
          Resource: ["live", "byState"].map(
            (index) => pulumi.interpolate`${tables.assets.arn}/index/${index}`,
          ),
        },
        { Sid: "CountAssets", Action: ["dynamodb:UpdateItem"], Resource: tables.usage.arn },
        { Sid: "RememberTokens", Action: ["dynamodb:PutItem"], Resource: tables.clientTokens.arn },
      ],
    );
    this.addTable("events", tables.events, ["GetItem", "Query"]);
    this.addTable(
      "clientTokens",
      tables.clientTokens,
      ["GetItem"],
      [
        {
          Sid: "RevokeAdmins",
          Action: ["dynamodb:PutItem"],
          Resource: tables.clientTokens.arn,
          Condition: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": revocations } },
        },
      ],
    );
    this.addTable("callbacks", tables.callbacks, ["Query"]);
    this.addTable("labels", tables.labels, ["Query"]);
    this.addTable(
      "usage",
      tables.usage,
      ["GetItem", "BatchGetItem", "UpdateItem"],
      [{ Sid: "SeeErasures", Action: ["dynamodb:BatchGetItem"], Resource: tables.erasures.arn }],
    );
    this.addTable("erasures", tables.erasures, ["GetItem", "BatchGetItem", "UpdateItem"]);
    this.addFunction("presign", presign);
    this.addFunction("webhooks", webhooks);
    this.registerOutputs({});
  }

  /** The data source that is created last. */
  get last(): pulumi.Resource {
    return this.newest;
  }

  /** The data source's name, known once it exists. */
  name(source: DataSourceName): pulumi.Output<string> {
    const name = this.names.get(source);
    if (!name) {
      throw new Error(`No data source ${source}`);
    }
    return name;
  }

  private addTable(
    name: DataSourceName,
    table: aws.dynamodb.Table,
    operations: readonly string[],
    more: readonly Statement[] = [],
  ): void {
    const role = this.role(name, [
      {
        Sid: "UseTable",
        Action: operations.map((operation) => `dynamodb:${operation}`),
        Resource: table.arn,
      },
      ...more,
    ]);
    this.add(name, {
      type: "AMAZON_DYNAMODB",
      dynamodbConfig: { tableName: table.name, region: here.region },
      serviceRoleArn: role.arn,
    });
  }

  private addFunction(name: DataSourceName, functionArn: pulumi.Input<string>): void {
    const role = this.role(name, [
      { Sid: "Invoke", Action: ["lambda:InvokeFunction"], Resource: functionArn },
    ]);
    this.add(name, { type: "AWS_LAMBDA", lambdaConfig: { functionArn }, serviceRoleArn: role.arn });
  }

  private role(name: DataSourceName, statements: readonly Statement[]): ServiceRole {
    return new ServiceRole(
      `source-${name}`,
      { service: "appsync.amazonaws.com", sourceArn: this.api.arn, statements },
      { parent: this },
    );
  }

  private add(name: DataSourceName, args: Omit<aws.appsync.DataSourceArgs, "apiId" | "name">): void {
    const source = new aws.appsync.DataSource(
      name,
      { apiId: this.api.id, name, ...args },
      { parent: this, dependsOn: [this.newest] },
    );
    this.names.set(name, source.name);
    this.newest = source;
  }
}
