// `npm start`: set up what the demo runs on, then the demo. Arguments go on to `headrace demo`.
import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { root } from './run.mjs';
import { setup } from './setup.mjs';

await setup({ columnar: false });
const demo = spawn(process.execPath, [join(root, 'bin', 'headrace.js'), 'demo', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
// The terminal sends Ctrl-C to the whole group; the demo drains and closes, and this script waits for its exit code.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => demo.kill('SIGTERM'));
demo.on('exit', (code, signal) => process.exit(signal ? 70 : (code ?? 70)));
