import type { ResourceOf } from "../../base/graph.ts";
import { UnsupportedDeclaration, refuse, refuseAsAws } from "../unsupported.ts";
import type { PartsOf } from "./parts.ts";

/** A data source of one of the kinds that run here. */
export type DeclaredSource = { readonly name: string } & (
  | { readonly type: "NONE" }
  | { readonly type: "AMAZON_DYNAMODB"; readonly tableName: string; readonly roleArn: string }
  | { readonly type: "AMAZON_EVENTBRIDGE"; readonly eventBusArn: string; readonly roleArn: string }
  | { readonly type: "AWS_LAMBDA"; readonly functionArn: string; readonly roleArn: string }
  | {
      readonly type: "HTTP";
      readonly endpoint: string;
      /** Absent for requests that are not signed. */
      readonly signing:
        { readonly region: string; readonly service: string; readonly roleArn: string } | undefined;
    }
);

type DataSource = ResourceOf<"aws:appsync/dataSource:DataSource">;

export function readSources(parts: PartsOf): DeclaredSource[] {
  const known = new Set<string>();
  return parts("aws:appsync/dataSource:DataSource").map((resource) => {
    const source = readSource(resource);
    refuseAsAws(resource, known.has(source.name), `a second data source named ${source.name}`);
    known.add(source.name);
    return source;
  });
}

function readSource(source: DataSource): DeclaredSource {
  const { type, dynamodbConfig, eventBridgeConfig, lambdaConfig, serviceRoleArn: roleArn } = source.inputs;
  const name = source.inputs.name ?? source.outputs.name;
  if (type === "NONE") {
    return { name, type };
  }
  if (!roleArn && (dynamodbConfig ?? eventBridgeConfig ?? lambdaConfig)) {
    refuse(source, true, `${type} without a serviceRoleArn`);
  }
  if (type === "AMAZON_DYNAMODB" && dynamodbConfig && roleArn) {
    refuse(source, dynamodbConfig.useCallerCredentials, "dynamodbConfig.useCallerCredentials");
    refuse(source, dynamodbConfig.versioned, "dynamodbConfig.versioned");
    refuse(source, dynamodbConfig.deltaSyncConfig, "dynamodbConfig.deltaSyncConfig");
    return { name, type, tableName: dynamodbConfig.tableName, roleArn };
  }
  if (type === "AMAZON_EVENTBRIDGE" && eventBridgeConfig && roleArn) {
    return { name, type, eventBusArn: eventBridgeConfig.eventBusArn, roleArn };
  }
  if (type === "AWS_LAMBDA" && lambdaConfig && roleArn) {
    return { name, type, functionArn: lambdaConfig.functionArn, roleArn };
  }
  if (type === "HTTP" && source.inputs.httpConfig) {
    const { endpoint, authorizationConfig: authorization } = source.inputs.httpConfig;
    return { name, type, endpoint, signing: authorization && readSigning(source, authorization) };
  }
  throw new UnsupportedDeclaration(
    `${source.type} ${source.name}: type ${type} does not run here. ${instead}`,
  );
}

const instead =
  "docs/support.md lists the types that do. A Lambda function can call what is missing in its place.";

type Authorization = NonNullable<NonNullable<DataSource["inputs"]["httpConfig"]>["authorizationConfig"]>;

function readSigning(source: DataSource, { awsIamConfig: iam }: Authorization) {
  const { serviceRoleArn: roleArn } = source.inputs;
  const { signingRegion: region, signingServiceName: service } = iam ?? {};
  if (!roleArn || !region || !service) {
    const needed = "serviceRoleArn, signingRegion and signingServiceName";
    throw new UnsupportedDeclaration(`${source.type} ${source.name}: a signed request needs ${needed}`);
  }
  return { region, service, roleArn };
}
