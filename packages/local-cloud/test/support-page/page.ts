import { sourceTypes } from "../../src/appsync/datasources/index.ts";
import { declaredTypes, randomTypes } from "../../src/engine/provider/index.ts";
import { inputTypes } from "../../src/inputs/index.ts";
import { type Input, inputsOf } from "./inputs.ts";
import { operations } from "./operations.ts";

/** docs/support.md, made of the tables that decide at boot. */
export function supportPage(): string {
  const types = Object.entries(inputTypes).sort(([a], [b]) => a.localeCompare(b));
  return [
    head,
    "## Resource types that run",
    "",
    ...table(
      ["type", "inputs that run", "idle", "refused"],
      types.map(([type, effects]) => row(type, inputsOf(effects))),
    ),
    "",
    "## Resource types that are only declared",
    "",
    declaredHead,
    ...Object.keys(declaredTypes)
      .sort()
      .map((type) => `- \`${type}\``),
    "",
    "## Random values",
    "",
    randomHead,
    ...Object.keys(randomTypes)
      .sort()
      .map((type) => `- \`${type}\``),
    "",
    "## Operations",
    "",
    "What AWS's SDKs may call. Any other operation is answered with an error that names it.",
    "",
    ...Object.entries(operations).map(([service, names]) => `- ${service}: ${[...names].sort().join(", ")}`),
    "",
    appsync(),
    "## Inputs in full",
    "",
    "`runs` with values: others are refused. A refused input is taken if it says no more than its absence: false, 0, an empty text or list.",
    ...types.flatMap(([type, effects]) => ["", `### ${type}`, "", ...inputsOf(effects).map(line)]),
    "",
  ].join("\n");
}

const head = `# What the local cloud runs

This page is generated from the tables that decide at boot: \`npx jest packages/local-cloud/test/support-page\` fails when
it is out of date, and \`WRITE_DOCS=1 npx jest packages/local-cloud/test/support-page\` writes it.

- **runs**: it has its effect here, or the value is refused as AWS refuses it.
- **idle**: it is taken, and has no effect here. The start lists the idle inputs that a program declares.
- **refused**: the start fails, and names the resource and the input.

A resource type that is not on this page is refused by name. What to do: declare it only if a setting of the program says
so, and turn the setting off for local runs with \`--config\` or in \`local-cloud.config.ts\`.
`;

const declaredHead = `These have their ids, ARNs and names, so that a program can refer to them, and no effect. The start counts them.
`;

const randomHead = `The types of @pulumi/random. Pulumi keeps their values in a stack's state. There is no state here: the resource's URN and
its inputs decide the value. It is the same at each start, so do not protect anything with it that others can reach.
`;

const row = (type: string, inputs: readonly Input[]): string[] => {
  const count = (becomes: Input["becomes"]) => String(inputs.filter((one) => one.becomes === becomes).length);
  const anchor = type.toLowerCase().replaceAll(/[^a-z0-9-]/g, "");
  return [`[\`${type}\`](#${anchor})`, count("runs"), count("idle"), count("refused")];
};

/** Padded as Prettier pads. */
function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = header.map((_, column) =>
    Math.max(...[header, ...rows].map((cells) => cells[column]?.length ?? 0)),
  );
  const padded = (cells: readonly string[], fill = " ") =>
    `| ${widths.map((width, column) => (cells[column] ?? "").padEnd(width, fill)).join(" | ")} |`;
  return [padded(header), padded([], "-"), ...rows.map((cells) => padded(cells))];
}

const line = ({ name, becomes, note }: Input): string =>
  `- \`${name}\`: ${becomes}${note ? ` (${note.replaceAll("|", "\\|")})` : ""}`;

const appsync = (): string => `## AppSync

- Data sources: ${sourceTypes.join(", ")}. Other types are refused: a Lambda function can call what is missing in its place.
- Authorization: API_KEY, AWS_IAM, AMAZON_COGNITO_USER_POOLS, AWS_LAMBDA. OPENID_CONNECT is refused.
- Resolvers: unit and pipeline resolvers of the runtime APPSYNC_JS 1.0.0, and direct Lambda resolvers: a unit resolver or a
  function of a pipeline without \`code\` invokes its Lambda function with the context, or with a list of contexts if
  \`maxBatchSize\` is over 0. VTL templates and \`syncConfig\` are refused.
- APIs: any number of type GRAPHQL, the first at \`/graphql\`, the others at \`/graphql/<apiId>\`. Merged and private APIs
  are refused.
- \`@aws-appsync/utils\`: function by function in [appsync-utils.md](appsync-utils.md).

An HTTP data source reaches public hosts, on this machine any port, and the services of this cloud at AWS's own addresses
(\`https://sqs.<region>.amazonaws.com\`): such a call never leaves this machine, and its role's policies decide. Private
addresses are refused, since AppSync cannot reach them, and so are names that resolve to one. Signed requests to a host
elsewhere are refused: the local credentials mean nothing there. Redirects are not followed, an answer may have 5 MB (a
choice: no limit of AWS was found), and all of a request ends after 30 s.

### VTL

A resolver with mapping templates is refused. To move it to APPSYNC_JS:

1. Set \`runtime: { name: "APPSYNC_JS", runtimeVersion: "1.0.0" }\` and \`code\`, and remove \`requestTemplate\` and
   \`responseTemplate\` (of a function: \`requestMappingTemplate\`, \`responseMappingTemplate\`, \`functionVersion\`).
2. Export \`request(ctx)\`: return the object that the request template renders, without \`version\`. \`$ctx\` is \`ctx\`,
   \`$util\` is imported from \`@aws-appsync/utils\`. For DynamoDB, \`@aws-appsync/utils/dynamodb\` makes the object.
3. Export \`response(ctx)\`: return what the response template renders, as a value, not as JSON. A data source's error is
   raised only if the code does so: \`if (ctx.error) util.error(ctx.error.message, ctx.error.type)\`.

https://docs.aws.amazon.com/appsync/latest/devguide/resolver-context-reference-js.html
`;
