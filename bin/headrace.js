#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = new URL('../dist/src/cli/main.js', import.meta.url);
if (!existsSync(fileURLToPath(main))) {
  console.error(
    'headrace: dist/ is missing. In a clone run `npm run build` first, or `npm start`, which does it for you.',
  );
  process.exit(78);
}
await import(main.href);
