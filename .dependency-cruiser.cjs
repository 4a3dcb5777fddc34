/** Imports point one way; docs/architecture.md draws it. */
const only = (name, from, to, comment) => ({
  name,
  severity: "error",
  comment,
  from: typeof from === "string" ? { path: from } : from,
  to,
});
const tests = ["^test/", "^packages/[^/]+/test/"];
module.exports = {
  forbidden: [
    only("domain-imports-nothing", "^domain/", { pathNot: "^domain/" }, "domain/ is pure"),
    only(
      "resolvers-are-small",
      "^resolvers/",
      { pathNot: ["^resolvers/", "^domain/", "@aws-appsync/utils"] },
      "APPSYNC_JS takes no packages",
    ),
    only(
      "functions-know-no-infrastructure",
      "^functions/",
      { path: ["^resolvers/", "^infra/", "^packages/", "^tools/", "@pulumi/"] },
      "a function is the same on AWS and here",
    ),
    only(
      "infra-never-local",
      "^(infra/|index\\.ts)",
      { path: ["^packages/", "^tools/", "^functions/", "^resolvers/"] },
      "infra/ names code by path",
    ),
    only(
      "local-knows-the-graph",
      "^packages/local-cloud/src/",
      {
        path: [
          "^infra/",
          "^functions/",
          "^resolvers/",
          "^domain/",
          "^local-cloud\\.config\\.ts",
          "^index\\.ts",
          "^tools/",
          "^packages/client/",
        ],
      },
      "the local cloud runs what a program declares, whatever it is",
    ),
    only(
      "client-stands-alone",
      "^packages/client/src/",
      { path: ["^infra/", "^functions/", "^resolvers/", "^index\\.ts", "^tools/", "^packages/local-cloud/"] },
      "the client speaks to the API only",
    ),
    only(
      "web-is-a-client",
      "^web/",
      {
        path: [
          "^infra/",
          "^functions/",
          "^resolvers/",
          "^domain/",
          "^index\\.ts",
          "^tools/",
          "^packages/local-cloud/",
        ],
      },
      "the gallery speaks to the API as any other page",
    ),
    only(
      "infra-names-web-by-path",
      { pathNot: ["^web/", ...tests] },
      { path: "^web/" },
      "esbuild bundles it",
    ),
    only("nothing-imports-test", { pathNot: tests }, { path: tests }, "tests are leaves"),
    only(
      "only-tests-import-tools",
      { pathNot: ["^tools/", ...tests] },
      { path: "^tools/" },
      "they use the rest",
    ),
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default"],
    },
  },
};
