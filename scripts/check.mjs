// `npm run check`: what one runs before a commit: build, lint and the fast tests (all but faults, stress, fuzz, servers and the package).
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { root, run } from './run.mjs';
import { setup } from './setup.mjs';

await setup();
run('node', [join(root, 'scripts', 'lint.mjs')]);
const SLOW = /[\\/](fault|stress|fuzz|pack)[\\/]|kafka|page\.test|acceptance/;
const tests = readdirSync(join(root, 'dist', 'test'), { recursive: true })
  .filter(file => file.endsWith('.test.js') && !SLOW.test(`/${file}`))
  .map(file => join('dist', 'test', file));
run('node', [join(root, 'node_modules', 'tap', 'dist', 'esm', 'run.mjs'), 'run', '--reporter=terse', ...tests]);
