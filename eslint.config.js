import appsync from "@aws-appsync/eslint-plugin";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["node_modules", ".local", "coverage", "**/dist", "**/*.cjs", "*.js"] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Numbers in messages read well as they are.
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      // An arrow that only calls is the shortest way to say so.
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "no-duplicate-imports": ["error", { includeExports: false }],
      curly: "error",
    },
  },
  {
    // APPSYNC_JS is smaller than JavaScript; the resolver compiler refuses what this plugin misses.
    files: ["resolvers/**/*.ts", "domain/**/*.ts"],
    plugins: { "@aws-appsync": appsync },
    rules: {
      ...appsync.configs.recommended.rules,
      // AppSync evaluates the right side whatever the left is (aws/aws-appsync-community#403): it may only read.
      "no-restricted-syntax": [
        "error",
        ...["> CallExpression.right", "> *.right CallExpression"].map((right) => ({
          selector: `LogicalExpression[operator="??"] ${right}[callee.name!=/^(callerOf|problemOfLength|problemOfText)$/]`,
          message: "AppSync calls the right side of ?? even if the left has a value: use a condition.",
        })),
      ],
    },
  },
);
