import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ConfigError } from '../model/index.js';

/** `require`: both native parts or an error. `prefer`: each part alone. `off`: the TypeScript twins. */
export type NativeMode = 'require' | 'prefer' | 'off';

/** The package's folder: the nearest one upwards that holds package.json (dist/src/native lies three below it). */
function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

const require = createRequire(import.meta.url);

/** The paths tried for a native part, in order: this clone's own build first, else the prebuilt binary of the package. */
export function nativeBinaries(name: string): readonly string[] {
  const root = packageFolder();
  const platform = `${process.platform}-${process.arch}`;
  return [join(root, 'build', 'Release', `${name}.node`), join(root, 'prebuilds', platform, `${name}.node`)];
}

export interface NativePart {
  readonly abiVersion: number;
}

/**
 * Loads one native part, or returns undefined under `off` and, with the reason on `onMissing`, under `prefer`.
 * The main thread must call this before any worker does: an addon loaded only in a worker is unmapped when it exits.
 */
export function loadNative<Part extends NativePart>(
  name: string,
  abiVersion: number,
  mode: NativeMode,
  onMissing: (reason: string) => void,
): Part | undefined {
  if (mode === 'off') return undefined;
  const reason = tryLoad<Part>(name, abiVersion);
  if (typeof reason !== 'string') return reason;
  if (mode === 'require') {
    throw new ConfigError('HR_NATIVE_MISSING', `${reason}; run \`npm run build\`, or set native: prefer`);
  }
  onMissing(reason);
  return undefined;
}

function tryLoad<Part extends NativePart>(name: string, abiVersion: number): Part | string {
  const path = nativeBinaries(name).find(existsSync);
  if (path === undefined) return `${name}.node is neither built nor prebuilt for ${process.platform}-${process.arch}`;
  try {
    const part = require(path) as Part;
    if (part.abiVersion === abiVersion) return part;
    return `${path} has interface ${part.abiVersion}, this version needs ${abiVersion}`;
  } catch (error) {
    return `${path} could not be loaded: ${(error as Error).message}`;
  }
}
