import { RecordFileEncoder, type LineBatch, type MissingPolicy, type RecordFile } from '../../codec/index.js';
import type { Addon } from '../../native/index.js';
import type { LineShaper, LineSource, Shaped } from './line-shaper.js';

export interface RecordShaperOptions {
  readonly absent: MissingPolicy;
  readonly nulls: MissingPolicy;
  readonly native?: Addon | undefined;
  /** For each kind of the lines the kind that is written, or -1: picked by its values. */
  readonly kinds: readonly number[];
}

/** Objects as records of a file, framed as its format says; of `vb` and `vbs`, whose blocks are filled elsewhere, behind a bare length. */
export class RecordShaper implements LineShaper {
  private readonly encoder: RecordFileEncoder;

  constructor(
    file: RecordFile,
    private readonly options: RecordShaperOptions,
  ) {
    this.encoder = new RecordFileEncoder(hasBlocks(file) ? withoutBlocks(file) : file, options);
  }

  shape(batch: LineBatch, { first, kind }: LineSource): Shaped {
    const numbers = batch.starts.map((_, index) => index);
    const known = kind === undefined ? -1 : this.options.kinds[kind]!;
    this.encoder.records = first - 1;
    const { pieces, refused, isStopped } =
      known < 0
        ? this.encoder.encode({ ...batch, numbers })
        : this.encoder.encodeAs({ ...batch, numbers }, known, first);
    return {
      pieces,
      refused: refused.map(({ refusal: { line: index, ...refusal } }) => ({ index: index!, refusal })),
      isStopped,
    };
  }
}

/** Whether the records of a file are gathered in blocks, so that where one begins depends on those before it. */
export const hasBlocks = ({ framing }: RecordFile): boolean => framing.format === 'vb' || framing.format === 'vbs';

/** Four bytes of length, big-endian, the word not counted. */
export const BARE_WORD_SIZE = 4;

/** The same records behind a word of their length alone, which holds any. */
function withoutBlocks(file: RecordFile): RecordFile {
  const rdw = {
    size: BARE_WORD_SIZE,
    lengthOffset: 0,
    lengthSize: BARE_WORD_SIZE,
    littleEndian: false,
    adjustment: BARE_WORD_SIZE,
    anyRest: true,
  };
  return { ...file, framing: { ...file.framing, format: 'rdw', rdw } };
}

/** The kinds of `to` that records of `from` are written as: those of their names, or the only one there is. */
export function writtenKinds(from: RecordFile, to: RecordFile): readonly number[] {
  const name = (text: string): string => text.toUpperCase();
  if (from.layouts.length === 1 && to.layouts.length === 1) return [0];
  return from.layouts.map(layout => to.layouts.findIndex(other => name(other.name) === name(layout.name)));
}
