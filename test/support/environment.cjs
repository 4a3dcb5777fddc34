const vm = require("node:vm");
const { TestEnvironment } = require("jest-environment-node");

/**
 * jest's environment with an ordinary global object. Its own one is a proxy, through which each use of `Math` or `Buffer`
 * goes: loops over pixels take twenty times as long, and tests a third longer.
 */
module.exports = class extends TestEnvironment {
  constructor(...args) {
    const { createContext } = vm;
    vm.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY);
    try {
      super(...args);
    } finally {
      vm.createContext = createContext;
    }
  }
};
