// Before `npm pack`: build, and lay the native parts into prebuilds/ for this platform, so that a machine with no compiler loads them.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { buildAll } from './build.mjs';
import { CRATES, replaceFile, root } from './run.mjs';

await buildAll();
const prebuilds = join(root, 'prebuilds', `${process.platform}-${process.arch}`);
mkdirSync(prebuilds, { recursive: true });
for (const name of ['headrace.node', ...CRATES.map(crate => `headrace-${crate}.node`)]) {
  const built = join(root, 'build', 'Release', name);
  if (!existsSync(built)) throw new Error(`${name} was not built; a package without it would lack a native part`);
  replaceFile(built, join(prebuilds, name));
}
