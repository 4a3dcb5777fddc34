import type { ResourceOf } from "../../base/graph.ts";
import { type Declared, refuse } from "../../base/refusal.ts";
import type { PartsOf } from "./parts.ts";

/** A data source of a type that runs here. */
export type DeclaredSource = { readonly resource: Declared; readonly name: string } & (
  | { readonly type: "NONE" }
  | { readonly type: "AMAZON_DYNAMODB"; readonly tableName: string; readonly roleArn: string }
  | { readonly type: "AMAZON_EVENTBRIDGE"; readonly eventBusArn: string; readonly roleArn: string }
  | { readonly type: "AWS_LAMBDA"; readonly functionArn: string; readonly roleArn: string }
  | {
      readonly type: "HTTP";
      readonly endpoint: string;
      /** Absent for requests that are not signed. */
      readonly signing: Signing | undefined;
    }
);

interface Signing {
  readonly region: string;
  readonly service: string;
  readonly roleArn: string;
}

type DataSource = ResourceOf<"aws:appsync/dataSource:DataSource">;

export function readSources(parts: PartsOf): DeclaredSource[] {
  const known = new Set<string>();
  return parts("aws:appsync/dataSource:DataSource").map((resource) => {
    const source = readSource(resource);
    if (known.has(source.name)) {
      refuse(resource, "name", `is ${source.name}, which another data source of the API has`);
    }
    known.add(source.name);
    return source;
  });
}

function readSource(resource: DataSource): DeclaredSource {
  const { type, dynamodbConfig, eventBridgeConfig, lambdaConfig, httpConfig } = resource.inputs;
  const base = { resource, name: resource.inputs.name ?? resource.outputs.name };
  if (type === "NONE") {
    return { ...base, type };
  }
  if (type === "AMAZON_DYNAMODB" && dynamodbConfig) {
    refuseVersions(resource);
    return { ...base, type, tableName: dynamodbConfig.tableName, roleArn: roleOf(resource) };
  }
  if (type === "AMAZON_EVENTBRIDGE" && eventBridgeConfig) {
    return { ...base, type, eventBusArn: eventBridgeConfig.eventBusArn, roleArn: roleOf(resource) };
  }
  if (type === "AWS_LAMBDA" && lambdaConfig) {
    return { ...base, type, functionArn: lambdaConfig.functionArn, roleArn: roleOf(resource) };
  }
  if (type === "HTTP" && httpConfig) {
    return { ...base, type, endpoint: httpConfig.endpoint, signing: readSigning(resource) };
  }
  refuse(
    resource,
    "type",
    `is ${type}: it does not run here, or its settings are missing. docs/support.md lists the types that run. ` +
      "A Lambda function can call what is missing in its place",
  );
}

function roleOf(resource: DataSource): string {
  const { serviceRoleArn, type } = resource.inputs;
  return (
    serviceRoleArn ?? refuse(resource, "serviceRoleArn", `is missing; a source of ${type} acts as a role`)
  );
}

function refuseVersions(resource: DataSource): void {
  const { dynamodbConfig } = resource.inputs;
  for (const input of ["useCallerCredentials", "versioned", "deltaSyncConfig"] as const) {
    if (dynamodbConfig?.[input]) {
      refuse(resource, `dynamodbConfig.${input}`, "does not run here");
    }
  }
}

function readSigning(resource: DataSource): Signing | undefined {
  const { serviceRoleArn: roleArn, httpConfig } = resource.inputs;
  const { authorizationConfig } = httpConfig ?? {};
  if (!authorizationConfig) {
    return undefined;
  }
  const { signingRegion: region, signingServiceName: service } = authorizationConfig.awsIamConfig ?? {};
  if (!roleArn || !region || !service) {
    refuse(
      resource,
      "httpConfig.authorizationConfig",
      "needs signingRegion, signingServiceName and the serviceRoleArn of the data source",
    );
  }
  return { region, service, roleArn };
}
