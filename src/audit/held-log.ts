import { statSync } from 'node:fs';

import { logNames } from '../journal/index.js';
import { ConfigError } from '../model/index.js';

/** Throws ConfigError unless the folder holds the log: an audit of nothing would find nothing wrong. */
export function checkHeld(directory: string, name: string): void {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new ConfigError('HR_CONFIG', `${directory}: no such folder; give the gateway's data folder`);
  const held = logNames(directory);
  if (held.includes(name)) return;
  const holds = held.length === 0 ? 'no log at all' : held.join(', ');
  throw new ConfigError('HR_CONFIG', `${directory} holds no log ${name}; it holds ${holds}`);
}
