// Lets `node -r` run the TypeScript of this checkout as it stands, so that a test of whole processes never runs a build that is out of date.
// `import()` stays what it is: some packages are for it only. What was compiled is kept by its content: the next process finds it.
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { transformSync } = require('@swc/core');

const root = join(__dirname, '..', '..');
const cache = join(root, 'node_modules', '.cache', 'commonplace-typescript');
const settings =
  readFileSync(join(root, '.swcrc'), 'utf8') + readFileSync(require.resolve('@swc/core/package.json'), 'utf8');
mkdirSync(cache, { recursive: true });

function compiled(file) {
  const source = readFileSync(file, 'utf8');
  const hash = createHash('sha256')
    .update(JSON.stringify([settings, 'import()', file, source]))
    .digest('hex');
  const path = join(cache, `${hash}.js`);
  try {
    return readFileSync(path, 'utf8');
  } catch {
    const { code } = transformSync(source, { filename: file, module: { type: 'commonjs', ignoreDynamic: true } });
    writeFileSync(`${path}.${process.pid}`, code);
    renameSync(`${path}.${process.pid}`, path);
    return code;
  }
}

require.extensions['.ts'] = (module, file) => module._compile(compiled(file), file);
