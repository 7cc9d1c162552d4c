import { fileURLToPath } from 'node:url';

/** The clone's root: compiled tests lie in dist/test/support. */
export const projectRoot = fileURLToPath(new URL('../../..', import.meta.url)).replace(/[\\/]$/, '');
