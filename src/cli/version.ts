import { readFileSync } from 'node:fs';

import { loadAddon, loadCrate } from '../native/index.js';

/** One native part as `--version` and `doctor` tell of it. */
export interface PartState {
  readonly name: string;
  readonly isLoaded: boolean;
  readonly text: string;
}

/** The package's version, of the package.json that ships with this code. */
export function packageVersion(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

function stateOf(
  name: string,
  load: (onMissing: (reason: string) => void) => { abiVersion: number } | undefined,
): PartState {
  let reason = '';
  const part = load(missing => (reason = missing));
  const text = part === undefined ? `TypeScript twin (${reason})` : `native, interface ${part.abiVersion}`;
  return { name, isLoaded: part !== undefined, text };
}

/** Both native parts, tried. */
export function nativeParts(): readonly PartState[] {
  return [
    stateOf('codec, ring, risk (C++)', onMissing => loadAddon('prefer', onMissing)),
    stateOf('journal (Rust)', onMissing => loadCrate('prefer', onMissing)),
  ];
}

export function versionText(): string {
  const parts = nativeParts().map(part => `${part.name}: ${part.text}`);
  return [
    `headrace ${packageVersion()}`,
    ...parts,
    `Node.js ${process.version} on ${process.platform}-${process.arch}`,
  ].join('\n');
}
