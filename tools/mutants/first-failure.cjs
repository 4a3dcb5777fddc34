const { TestEnvironment } = require("jest-environment-node");

/** Jest's `--bail` ends at the first file that fails: this leaves out the rest of that file too. */
module.exports = class extends TestEnvironment {
  hasFailed = false;

  handleTestEvent({ name, test }) {
    if (name === "test_start" && this.hasFailed) {
      test.mode = "skip";
    }
    if (name === "test_done" && test.errors.length > 0) {
      this.hasFailed = true;
    }
  }
};
