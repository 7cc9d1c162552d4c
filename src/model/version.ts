import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** The package's own version. */
export const { version } = require('headrace/package.json') as { version: string };
