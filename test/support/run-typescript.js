// Lets `node -r` run the TypeScript of this checkout as it stands, so that a test of whole processes never runs a build that is out of date.
const { transformFileSync } = require('@swc/core');

require.extensions['.ts'] = (module, file) => module._compile(transformFileSync(file).code, file);
