import { createRequire } from "node:module";
import { join } from "node:path";

interface Simulator {
  readonly url: string;
  init(config: object): void;
  start(): Promise<void>;
}

/** The simulator with the same field as tools/bench/program, in VTL: it runs no other resolvers. */
async function serve([folder = "", name = ""]: string[]): Promise<void> {
  const require = createRequire(join(folder, "package.json"));
  const { AmplifyAppSyncSimulator } = require(name) as {
    AmplifyAppSyncSimulator: new (ports: { port: number; wsPort: number }) => Simulator;
  };
  const simulator = new AmplifyAppSyncSimulator({ port: 0, wsPort: 0 });
  simulator.init({
    schema: { content: "type Query { echo(text: String!): String }" },
    appSync: {
      name: "echo",
      defaultAuthenticationType: {
        authenticationType: "AMAZON_COGNITO_USER_POOLS",
        cognitoUserPoolConfig: {},
      },
      additionalAuthenticationProviders: [],
    },
    dataSources: [{ name: "none", type: "NONE" }],
    resolvers: [
      {
        kind: "UNIT",
        typeName: "Query",
        fieldName: "echo",
        dataSourceName: "none",
        requestMappingTemplate: '{ "version": "2018-05-29", "payload": $util.toJson($ctx.args.text) }',
        responseMappingTemplate: "$util.toJson($ctx.result)",
      },
    ],
  });
  await simulator.start();
  process.send?.(`${simulator.url}/graphql`);
  process.once("disconnect", () => process.exit(0));
}

serve(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
