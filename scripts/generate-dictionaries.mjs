// Writes the built-in FIX dictionaries (src/codec/fix/dictionary/tables) from a folder of QuickFIX data dictionaries:
//   node scripts/generate-dictionaries.mjs FOLDER
// Only facts of the standard go in: numbers, names, types, values, required flags and order.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from './run.mjs';
import { buildWhatChanged } from './setup.mjs';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: node scripts/generate-dictionaries.mjs FOLDER');
  process.exit(64);
}
await buildWhatChanged({ native: false });
const { tableFromQuickFixXml } = await import(join(root, 'dist', 'src', 'codec', 'fix', 'dictionary', 'index.js'));
for (const file of readdirSync(folder).filter(name => name.endsWith('.xml'))) {
  const table = tableFromQuickFixXml(readFileSync(join(folder, file), 'utf8'));
  const version = /^fix (\S+)/.exec(table)[1];
  writeFileSync(join(root, 'src', 'codec', 'fix', 'dictionary', 'tables', `${version}.txt`), table);
  console.log(`${version}: ${table.length} bytes`);
}
