import { openRecordFile, type EncodeRefusal, type RecordFileOptions, type Refusal } from '../../codec/index.js';
import type { NativeMode } from '../../native/index.js';
import { CopiedOptions } from '../decode/copies.js';
import type { Decoded } from '../decode/decoded.js';
import type { Input } from '../decode/input.js';
import { openReader } from '../decode/open-reader.js';
import type { NumberedInput } from '../decode/record-reader.js';

/** A record that does not fit, with the input it is of. */
export type Misfit = (Refusal | EncodeRefusal) & { readonly input: number };

/** How much of some bytes a copybook explains. */
export interface Explained {
  readonly bytes: number;
  /** Bytes of records that decode, their descriptor words among them. */
  readonly explained: number;
  readonly records: number;
  readonly bad: number;
  /** The first that do not fit. */
  readonly misfits: readonly Misfit[];
  /** How often each field is the first of its record that does not fit, by code: `badDigit AMOUNT`. */
  readonly counts: ReadonlyMap<string, number>;
}

export interface ExplainOptions {
  readonly native: NativeMode;
  /** How many records that do not fit are kept. */
  readonly shown: number;
  readonly workers?: number | undefined;
  /** Told of bytes and records that are done. */
  readonly onProgress?: (bytes: number, records: number) => void;
}

/** Every bad record is left out and counted, whatever the policies say of it. */
function countingAll(options: RecordFileOptions): RecordFileOptions {
  const { fields = {}, keepRaw: _raw, ...policies } = options.policies ?? {};
  const counted = Object.entries(fields).map(([name, { onError: _, ...field }]) => [name, field] as const);
  return { ...options, policies: { ...policies, onError: 'skip', fields: Object.fromEntries(counted) } };
}

/** Reads inputs whole and says what of them the copybook explains. Throws ConfigError for options that cannot be used. */
export async function explain(
  options: RecordFileOptions,
  inputs: readonly NumberedInput[],
  setting: ExplainOptions,
): Promise<Explained> {
  const copied = new CopiedOptions(countingAll(options));
  const file = openRecordFile(copied.options);
  const tally = new Tally(setting);
  const counted = inputs.map(each => ({ ...each, input: new CountedInput(each.input) }));
  const sizeBytes = inputs.reduce((sum, { input }) => sum + input.sizeBytes, 0);
  const { native, workers } = setting;
  const reading = { native, workers, isOrdered: true, keepsBad: true, isJson: true, sizeBytes };
  const reader = openReader(file, copied, reading, decoded => tally.take(decoded));
  try {
    for (const input of counted) await reader.read(input);
    await reader.finish();
  } finally {
    await reader.close();
  }
  return tally.told(counted.reduce((sum, { input }) => sum + input.total, 0));
}

/** An input whose size is known when it was read, also of a pipe. */
class CountedInput implements Input {
  private bytesRead = 0;

  constructor(private readonly input: Input) {}

  get sizeBytes(): number {
    return this.input.sizeBytes;
  }

  get total(): number {
    return this.sizeBytes > 0 ? this.sizeBytes : this.bytesRead;
  }

  async read(target: Uint8Array, position?: number): Promise<number> {
    const size = await this.input.read(target, position);
    this.bytesRead += size;
    return size;
  }

  close(): void {
    this.input.close();
  }
}

class Tally {
  private readonly misfits: Misfit[] = [];
  private readonly counts = new Map<string, number>();
  private taken = 0;
  private unexplained = 0;
  private records = 0;
  private bad = 0;

  constructor(private readonly setting: ExplainOptions) {}

  async take({ input, bytes, records, refusals, deadLetters }: Decoded): Promise<boolean> {
    this.taken += bytes;
    this.records += records;
    this.unexplained += deadLetters.reduce((sum, { length }) => sum + length, 0);
    for (const refusal of refusals) this.count({ ...refusal, input });
    this.setting.onProgress?.(this.taken, this.records);
    return true;
  }

  told(bytes: number): Explained {
    const { records, bad, misfits, counts } = this;
    // Of bytes in which no record is good, such as one endless line of text, none are explained.
    const explained = records > bad || bytes === 0 ? Math.max(0, this.taken - this.unexplained) : 0;
    return { bytes, explained, records, bad, misfits, counts };
  }

  private count(misfit: Misfit): void {
    const key = `${misfit.code} ${misfit.field}`;
    this.bad++;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    if (this.misfits.length < this.setting.shown) this.misfits.push(misfit);
  }
}
