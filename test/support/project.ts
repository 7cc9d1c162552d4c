import { fileURLToPath } from 'node:url';
import processOnSpawn from 'process-on-spawn';

// tap has every child process, and each of its workers, load what it needs to measure coverage. Nothing here measures it; a command
// that takes half a second took three, and 150 MiB more.
processOnSpawn.removeAllListeners();
delete process.env['NODE_OPTIONS'];

/** The clone's root: compiled tests lie in dist/test/support. */
export const projectRoot = fileURLToPath(new URL('../../..', import.meta.url)).replace(/[\\/]$/, '');
