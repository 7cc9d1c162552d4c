// Runs when the package is installed. A clone builds by `npm run build`, so here it does nothing. An installed package uses the
// prebuilt binary, else builds the C++ addon, else says that the TypeScript twins will serve. It never fails the install.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { root } from './run.mjs';

function buildAddon() {
  const npmFolder = dirname(dirname(process.env.npm_execpath ?? ''));
  const nodeGyp = process.env.npm_config_node_gyp ?? join(npmFolder, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');
  if (!existsSync(nodeGyp)) return 'node-gyp was not found';
  const { status } = spawnSync(process.execPath, [nodeGyp, 'rebuild'], { cwd: root, stdio: 'ignore' });
  return status === 0 ? undefined : 'the C++ addon did not build (a C++20 compiler, make and python3 are needed)';
}

const isClone = existsSync(join(root, 'tsconfig.json'));
const prebuilt = join(root, 'prebuilds', `${process.platform}-${process.arch}`, 'headrace.node');
if (!isClone && !existsSync(prebuilt)) {
  const reason = buildAddon();
  if (reason)
    console.error(`headrace: ${reason}; the slower TypeScript twins will serve. Details: npx headrace doctor`);
}
