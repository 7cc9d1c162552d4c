import { CONNECTION_KEYS, TLS_KEYS } from './connection-keys.js';
import type { KeyRow } from './key-row.js';
import { SCHEDULE_KEYS } from './schedule-keys.js';
import { SESSION_KEYS } from './session-keys.js';
import { LOG_KEYS, STORAGE_KEYS } from './storage-keys.js';

/** Every key that QuickFIX C++ 1.15 and QuickFIX/J 2.3 document, and those of their later versions that we know of. */
export const SETTINGS_KEYS: readonly KeyRow[] = [
  ...SESSION_KEYS,
  ...SCHEDULE_KEYS,
  ...CONNECTION_KEYS,
  ...TLS_KEYS,
  ...STORAGE_KEYS,
  ...LOG_KEYS,
];

const rows = new Map(SETTINGS_KEYS.map(row => [row.key.toLowerCase(), row] as const));
const SUFFIX = { number: /^(.*?\D)(\d{1,3})$/, version: /^(.*?)\.(.+)$/ } as const;

/** The row of a key, in any case, and what follows the row's own name; undefined: neither engine has it. */
export function rowOf(key: string): { readonly row: KeyRow; readonly suffix: string } | undefined {
  const name = key.toLowerCase();
  const row = rows.get(name);
  if (row !== undefined) return { row, suffix: '' };
  for (const kind of ['number', 'version'] as const) {
    const [, stem = '', suffix = ''] = SUFFIX[kind].exec(name) ?? [];
    const suffixed = rows.get(stem);
    if (suffixed?.suffixed === kind) return { row: suffixed, suffix: key.slice(-suffix.length) };
  }
  return undefined;
}
