import { resolve } from 'node:path';

import type { CheckedSections } from './crosscheck.js';

type PathHolder = Record<string, unknown> | undefined;

function absolute(holder: PathHolder, keys: readonly string[], folder: string): void {
  for (const key of keys) {
    const value = holder?.[key];
    if (holder !== undefined && typeof value === 'string') holder[key] = resolve(folder, value);
  }
}

/** Makes the paths of a checked configuration absolute, in place; relative ones begin at the file's folder. */
export function resolvePaths(config: CheckedSections, folder: string): void {
  absolute(config, ['dataDir'], folder);
  absolute(config.startOfDay, ['file', 'copybook'], folder);
  absolute(config.risk, ['accountsFile'], folder);
  const pemFiles = ['cert', 'key', 'ca'];
  absolute(config.fix?.client.tls, pemFiles, folder);
  absolute(config.fix?.venue.tls, pemFiles, folder);
  absolute(config.fix?.textLogs, ['folder'], folder);
  absolute(config.sinks?.kafka?.ssl, pemFiles, folder);
  for (const encoding of Object.values(config.sinks?.kafka?.encoding ?? {})) absolute(encoding, ['proto'], folder);
  const references = [...(config.admin?.tokens ?? []).map(({ token }) => token), config.sinks?.kafka?.sasl?.password];
  for (const reference of references) absolute(reference, ['file'], folder);
}
