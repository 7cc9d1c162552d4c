import { version } from '../model/index.js';
import { loadAddon, loadColumnar, loadCrate } from '../native/index.js';

/** One native part as `--version` and `doctor` tell of it. */
export interface PartState {
  readonly name: string;
  readonly isLoaded: boolean;
  readonly text: string;
}

function stateOf(
  name: string,
  otherwise: string,
  load: (onMissing: (reason: string) => void) => { abiVersion: number } | undefined,
): PartState {
  let reason = '';
  const part = load(missing => (reason = missing));
  const text = part === undefined ? `${otherwise} (${reason})` : `native, interface ${part.abiVersion}`;
  return { name, isLoaded: part !== undefined, text };
}

const TWIN = 'TypeScript twin';
const NO_FILES = 'no Parquet or Arrow files';

/** The native parts, tried. */
export function nativeParts(): readonly PartState[] {
  return [
    stateOf('codec, ring, risk (C++)', TWIN, onMissing => loadAddon('prefer', onMissing)),
    stateOf('journal (Rust)', TWIN, onMissing => loadCrate('prefer', onMissing)),
    stateOf('columnar (Rust)', NO_FILES, onMissing => loadColumnar(onMissing)),
  ];
}

export function versionText(): string {
  const parts = nativeParts().map(part => `${part.name}: ${part.text}`);
  return [`headrace ${version}`, ...parts, `Node.js ${process.version} on ${process.platform}-${process.arch}`].join(
    '\n',
  );
}
