// `npm run example -- NAME`: runs one of examples/*.ts by the beginning of its name; without a name it lists them.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { root, run } from './run.mjs';
import { setup } from './setup.mjs';

const examples = readdirSync(join(root, 'examples')).filter(file => file.endsWith('.ts'));
const [name, ...rest] = process.argv.slice(2);
const found = name && examples.find(file => file.startsWith(name) || file.includes(name));
if (!found) {
  console.log(`examples: ${examples.map(file => file.replace('.ts', '')).join(', ')}`);
  process.exit(name ? 64 : 0);
}
await setup();
run('node', [join(root, 'dist', 'examples', found.replace('.ts', '.js')), ...rest]);
