const { default: Sequencer } = require("@jest/test-sequencer");

/** These start browsers, commands or whole clouds. */
const slow = /\/test\/(attacks|clients|e2e|tools|web)\//;

/** A machine without the times of an earlier run starts the largest files first, which need not be the slow ones. */
module.exports = class extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    return [
      ...sorted.filter(({ path }) => slow.test(path)),
      ...sorted.filter(({ path }) => !slow.test(path)),
    ];
  }
};
