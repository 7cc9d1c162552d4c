// `npm run bench`: sets up, then asks the questions of bench/. Arguments go on to bench/main.ts.
import { join } from 'node:path';

import { root } from './run.mjs';
import { setup } from './setup.mjs';

await setup();
await import(join(root, 'dist', 'bench', 'main.js'));
