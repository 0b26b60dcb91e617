const base = require('./jest.config.js');

/** The long random fault runs: FAULT_RUNS of them, each with its seed printed. @type {import('jest').Config} */
module.exports = {
  ...base,
  testMatch: ['<rootDir>/test/fault/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 3_600_000,
  maxWorkers: 1,
};
