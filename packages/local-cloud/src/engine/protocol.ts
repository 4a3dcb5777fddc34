import { Server, ServerCredentials, status, type handleUnaryCall } from "@grpc/grpc-js";
import engineRpc from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages from "@pulumi/pulumi/proto/engine_pb.js";
import resourceRpc from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import resourceMessages from "@pulumi/pulumi/proto/resource_pb.js";
import { EvaluationError } from "./error.ts";
import { sdk } from "./sdk.ts";
import type { Wire } from "./values.ts";

/** One resource, or component, that the program registers. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  /** True if its constructor runs in a provider plugin. */
  readonly remote: boolean;
  readonly parent: string;
  /** `<urn>::<id>` of an explicit provider, or empty. */
  readonly provider: string;
  readonly inputs: Wire;
  readonly dependencies: readonly string[];
  readonly secretOutputs: readonly string[];
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly deleteBeforeReplace?: boolean;
}

/** The requests of a program to its engine. A thrown error fails the request and is passed to `failed`. */
export interface Engine {
  register(registration: Registration): { readonly urn: string; readonly id: string; readonly outputs: Wire };
  registerOutputs(urn: string, outputs: Wire): void;
  invoke(token: string, args: Wire, provider: string): Wire;
  read(type: string, name: string, inputs: Wire): { readonly urn: string; readonly outputs: Wire };
  log(severity: "debug" | "info" | "warn" | "error", message: string): void;
  finished(): void;
  failed(error: Error): void;
}

export interface Listening {
  /** `127.0.0.1:port` */
  readonly address: string;
  close(): void;
}

/** Serves Pulumi's ResourceMonitor and Engine to one program. No other file uses gRPC or its messages. */
export async function serve(engine: Engine): Promise<Listening> {
  const server = new Server({ "grpc.max_receive_message_length": 400 * 1024 * 1024 });
  server.addService(resourceRpc.ResourceMonitorService, monitorMethods(engine));
  server.addService(engineRpc.EngineService, engineMethods(engine));
  const bound = Promise.withResolvers<number>();
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error === null) {
      bound.resolve(port);
    } else {
      bound.reject(error);
    }
  });
  return { address: `127.0.0.1:${await bound.promise}`, close: () => server.forceShutdown() };
}

/** The part of the generated `Struct` that is used. */
interface Struct {
  toJavaScript(): Wire;
}

// Replies must be instances of the SDK's own message classes, so the SDK's copy of google-protobuf is loaded.
const { Struct } = sdk("google-protobuf/google/protobuf/struct_pb.js") as {
  Struct: { fromJavaScript(value: Wire): never };
};

/** The class of a method's replies. The generated types lack it, and its name differs between SDK versions. */
function replyClass<Reply>(method: {
  readonly responseSerialize: (reply: Reply) => Buffer;
}): new () => Reply {
  return (method as unknown as { readonly responseType: new () => Reply }).responseType;
}
const Empty = replyClass(resourceRpc.ResourceMonitorService.signalAndWaitForShutdown);
const ReadResourceResponse = replyClass(resourceRpc.ResourceMonitorService.readResource);
const InvokeResponse = replyClass(resourceRpc.ResourceMonitorService.invoke);

function monitorMethods(engine: Engine) {
  const answer = answerer(engine);
  return {
    getDeploymentInfo: answer(deploymentInfo),
    registerResource: answer((request: InstanceType<typeof resourceMessages.RegisterResourceRequest>) => {
      if (request.getTransformsList().length > 0) {
        throw transformsUnsupported();
      }
      const made = engine.register(registration(request));
      const response = new resourceMessages.RegisterResourceResponse();
      response.setUrn(made.urn);
      response.setId(made.id);
      response.setObject(Struct.fromJavaScript(made.outputs));
      return response;
    }),
    registerStackTransform: answer(() => {
      throw transformsUnsupported();
    }),
    registerResourceOutputs: answer(
      (request: InstanceType<typeof resourceMessages.RegisterResourceOutputsRequest>) => {
        engine.registerOutputs(request.getUrn(), wireOf(request.getOutputs()));
        return new Empty();
      },
    ),
    invoke: answer((request: InstanceType<typeof resourceMessages.ResourceInvokeRequest>) => {
      const result = engine.invoke(request.getTok(), wireOf(request.getArgs()), request.getProvider());
      const response = new InvokeResponse();
      response.setReturn(Struct.fromJavaScript(result));
      return response;
    }),
    readResource: answer((request: InstanceType<typeof resourceMessages.ReadResourceRequest>) => {
      const properties = (request.getProperties()?.toJavaScript() ?? {}) as Wire;
      const found = engine.read(request.getType(), request.getName(), properties);
      const response = new ReadResourceResponse();
      response.setUrn(found.urn);
      response.setProperties(Struct.fromJavaScript(found.outputs));
      return response;
    }),
    signalAndWaitForShutdown: answer(() => {
      engine.finished();
      return new Empty();
    }),
  };
}

function engineMethods(engine: Engine) {
  const answer = answerer(engine);
  const severities = ["debug", "info", "warn", "error"] as const;
  return {
    log: answer((request: InstanceType<typeof engineMessages.LogRequest>) => {
      engine.log(severities[request.getSeverity()], request.getMessage());
      return new Empty();
    }),
    requirePulumiVersion: answer(() => new engineMessages.RequirePulumiVersionResponse()),
  };
}

function answerer(engine: Engine) {
  return <Request, Response>(reply: (request: Request) => Response): handleUnaryCall<Request, Response> =>
    (call, callback) => {
      try {
        callback(null, reply(call.request));
      } catch (error) {
        const failure = error instanceof Error ? error : new Error(String(error));
        engine.failed(failure);
        callback({ code: status.INTERNAL, message: failure.message });
      }
    };
}

/** Without the features of resource references and output values, everything except secrets and assets is plain JSON. */
function deploymentInfo() {
  const features = resourceMessages.ResourceMonitorFeature;
  const info = new resourceMessages.DeploymentInfo();
  info.setSupportedfeaturesList([
    features.RESOURCE_MONITOR_FEATURE_SECRETS,
    features.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
    features.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
    features.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
    // Refused when they are used: without the feature, the SDK asks for another version of the CLI.
    features.RESOURCE_MONITOR_FEATURE_TRANSFORMS,
  ]);
  return info;
}

const transformsUnsupported = () =>
  new EvaluationError(
    "Unsupported",
    "Transforms (`registerResourceTransform`, the option `transforms`) do not run locally: use transformations (`registerStackTransformation`, the option `transformations`).",
  );

function registration(request: InstanceType<typeof resourceMessages.RegisterResourceRequest>): Registration {
  return {
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    remote: request.getRemote(),
    parent: request.getParent(),
    provider: request.getProvider(),
    inputs: wireOf(request.getObject()),
    dependencies: request.getDependenciesList(),
    secretOutputs: request.getAdditionalsecretoutputsList(),
    protect: request.getProtect() ?? false,
    retainOnDelete: request.getRetainondelete() ?? false,
    deleteBeforeReplace: request.getDeletebeforereplace(),
  };
}

function wireOf(struct: Struct | undefined): Wire {
  return struct?.toJavaScript() ?? {};
}
