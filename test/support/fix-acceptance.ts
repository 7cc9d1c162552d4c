import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { projectRoot } from './project.js';

/** Where the FIX scenarios lie: HEADRACE_FIX_ACCEPTANCE, else beside the clone; undefined when they are not there. */
export function fixAcceptanceFolder(): string | undefined {
  const folder = process.env['HEADRACE_FIX_ACCEPTANCE'] ?? join(projectRoot, '..', 'shared', 'fix-acceptance');
  return existsSync(join(folder, 'runner.py')) ? folder : undefined;
}
