import type { FramingOptions, RecordFileOptions } from '../../codec/index.js';
import { ConfigError } from '../../model/index.js';
import type { NativeMode } from '../../native/index.js';
import type { Input } from '../decode/input.js';
import { explain } from './explained.js';

/** Other flags with which a copybook would explain more of a sample. */
export interface LikelyOptions {
  readonly flags: string;
  /** The share of the sample that is explained, 0 to 1. */
  readonly share: number;
}

interface Try {
  readonly flag: string;
  change(options: RecordFileOptions): RecordFileOptions;
}

type CopybookKeys = Partial<RecordFileOptions['copybook']>;

const ofCopybook = (flag: string, keys: CopybookKeys): Try => ({
  flag,
  change: options => ({ ...options, copybook: { ...options.copybook, ...keys } }),
});

const ofFraming = (flag: string, framing: FramingOptions): Try => ({
  flag,
  change: options => ({ ...options, framing: { ...options.framing, ...framing } }),
});

const FORMATS: readonly Try[] = [
  ...(['fixed', 'rdw', 'vb', 'vbs', 'text'] as const).map(format => ofFraming(`--format ${format}`, { format })),
  // GnuCOBOL's variable records: the word does not count itself.
  ofFraming("--format rdw and 'rdw: { adjustment: 4 }' in --options", { format: 'rdw', rdw: { adjustment: 4 } }),
];

/** Digits are the same on all EBCDIC pages: one of each kind tells them apart. */
const PAGES: readonly Try[] = ['cp037', 'ascii'].map(codePage => ofCopybook(`--codepage ${codePage}`, { codePage }));

const OTHERS: readonly Try[] = [
  ...(['ebcdic', 'gnucobol', 'mf'] as const).map(sign => ofCopybook(`--sign ${sign}`, { sign })),
  ...(['big', 'little'] as const).map(nativeEndian => ofCopybook(`--native-endian ${nativeEndian}`, { nativeEndian })),
  ...(['ibm', 'ieee'] as const).map(float => ofCopybook(`--float ${float}`, { float })),
  ...(['1-2-4-8', '1-8'] as const).map(binarySize => ofCopybook(`--binary-size ${binarySize}`, { binarySize })),
  ...(['slide', 'max'] as const).map(odo => ofCopybook(`--odo ${odo}`, { odo })),
  ofCopybook('--trunc bin', { trunc: 'bin' }),
];

/** A sample in memory. */
class SampleInput implements Input {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  // A size would send ranges of a file to workers.
  readonly sizeBytes = 0;

  async read(target: Uint8Array): Promise<number> {
    const part = this.bytes.subarray(this.at, this.at + target.length);
    target.set(part);
    this.at += part.length;
    return part.length;
  }

  close(): void {}
}

/** The share of a sample that is explained; nothing of it by options that do not go together. */
async function shareOf(options: RecordFileOptions, sample: Uint8Array, native: NativeMode): Promise<number> {
  try {
    const inputs = [{ input: new SampleInput(sample), path: '', number: 0 }];
    const { explained } = await explain(options, inputs, { native, shown: 0, workers: 1 });
    return explained / sample.length;
  } catch (error) {
    if (error instanceof ConfigError) return 0;
    throw error;
  }
}

/**
 * Looks for flags that explain more of a sample than the given ones: every format on both kinds of page, then each other flag on
 * top of the best of them. Undefined when there are none.
 */
export async function likelyOptions(
  options: RecordFileOptions,
  sample: Uint8Array,
  native: NativeMode,
): Promise<LikelyOptions | undefined> {
  let best = { options, flags: [] as readonly string[], share: await shareOf(options, sample, native) };
  const given = best.share;
  const attempt = async (from: RecordFileOptions, flags: readonly string[], tries: readonly Try[]): Promise<void> => {
    const changed = tries.reduce((all, { change }) => change(all), from);
    const share = await shareOf(changed, sample, native);
    if (share > best.share) best = { options: changed, flags: [...flags, ...tries.map(({ flag }) => flag)], share };
  };
  for (const one of [...PAGES, ...FORMATS]) await attempt(options, [], [one]);
  for (const page of PAGES) for (const format of FORMATS) await attempt(options, [], [page, format]);
  const { options: from, flags } = best;
  for (const other of OTHERS) await attempt(from, flags, [other]);
  return best.share > given ? { flags: best.flags.join(' '), share: best.share } : undefined;
}
