/** Imports point one way; docs/architecture.md draws it. */
const only = (name, from, to, comment) => ({ name, severity: "error", comment, from: { path: from }, to });
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
      { path: ["^resolvers/", "^infra/", "^local/", "@pulumi/"] },
      "a function is the same on AWS and here",
    ),
    only(
      "infra-never-local",
      "^(infra/|index\\.ts)",
      { path: ["^local/", "^functions/", "^resolvers/"] },
      "infra/ names code by path",
    ),
    only(
      "local-knows-the-graph",
      "^local/",
      { path: ["^infra/", "^functions/", "^resolvers/", "^index\\.ts"] },
      "local/ runs what the program declares, whatever it is",
    ),
    only("nothing-imports-test", "^(?!test/)", { path: "^test/" }, "tests are leaves"),
    only("only-tests-import-chaos", "^(?!test/|chaos/)", { path: "^chaos/" }, "it breaks what it is given"),
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
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
