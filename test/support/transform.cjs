const { createHash } = require("node:crypto");
const { transformSync } = require("esbuild");

/** esbuild strips types and turns ES modules into CommonJS; `import.meta` has no meaning there, so its two used members are rewritten. */
module.exports = {
  process: (source, file) =>
    transformSync(source, {
      loader: file.endsWith("ts") ? "ts" : "js",
      format: "cjs",
      target: "node24",
      sourcefile: file,
      sourcemap: "inline",
      // A dynamic import needs a flag of Node.js inside of jest: it becomes a require.
      supported: { "dynamic-import": false },
      define: { "import.meta.dirname": "__dirname", "import.meta.url": "importMetaUrl" },
      banner: 'const importMetaUrl = require("node:url").pathToFileURL(__filename).href;',
    }),
  getCacheKey: (source, file) => createHash("sha256").update(`2\0${file}\0${source}`).digest("hex"),
};
