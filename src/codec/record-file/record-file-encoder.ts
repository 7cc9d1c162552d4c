import { STATUS } from '../../model/index.js';
import type { Addon } from '../../native/index.js';
import {
  createRecordEncoder,
  RECORD_KIND,
  type EncodeRefusal,
  type MissingPolicy,
  type RecordEncoder,
} from '../record/index.js';
import { openRecordBlocks, type RecordBlocks } from './block-writer.js';
import { hasOwnLengths } from './create-framer.js';
import { errorPolicy, mayFail, type ErrorPolicy } from './error-policy.js';
import { FamilyLines } from './family-lines.js';
import { joinLines, splitLines, type Line, type LineBatch } from './line-batch.js';
import { LineEndings } from './line-endings.js';
import { LinePicker } from './line-picker.js';
import { OutputSpace } from './output-space.js';
import type { RecordFile } from './record-file.js';

export interface RecordFileEncoderOptions {
  readonly native?: Addon | undefined;
  readonly absent?: MissingPolicy;
  readonly nulls?: MissingPolicy;
}

/** What became of some lines: bytes of the file, in order, and the lines that are no record, with why. */
export interface EncodedLines {
  readonly pieces: Uint8Array[];
  readonly refused: { readonly refusal: EncodeRefusal; readonly line: Uint8Array }[];
  /** The policy is to fail, and a line was refused. */
  isStopped: boolean;
}

/** Lines of JSON to the bytes of a file: each line's record picked, encoded and framed as the file says. */
export class RecordFileEncoder {
  /** Records so far, the refused ones included. */
  records = 0;
  private readonly encoders: RecordEncoder[];
  private readonly blocks: RecordBlocks;
  private readonly picker: LinePicker | undefined;
  private readonly families: FamilyLines | undefined;
  private readonly endings: LineEndings | undefined;
  private readonly policy: ErrorPolicy;
  private held: Line[] = [];

  /** Throws ConfigError for a record that has no JSON. */
  constructor(
    private readonly file: RecordFile,
    options: RecordFileEncoderOptions,
  ) {
    const { layouts, policies, framing } = file;
    const recordLength = oneLength(file);
    this.encoders = layouts.map(layout =>
      createRecordEncoder({ ...options, recordLength, layout, stopsAtRefusal: mayFail(policies) }),
    );
    this.policy = errorPolicy(policies);
    this.blocks = openRecordBlocks(file);
    if (file.selector.tested.length > 0) this.picker = new LinePicker(file);
    if (policies.children !== undefined) this.families = new FamilyLines(file, this.picker ?? new LinePicker(file));
    if (framing.format === 'text') this.endings = new LineEndings(layouts[0]!.codePage);
  }

  encode(batch: LineBatch): EncodedLines {
    const { families } = this;
    const whole = families === undefined ? batch : joinLines(splitLines(batch).flatMap(line => families.take(line)));
    return this.write(this.file.trailer === undefined ? whole : this.hold(whole, this.file.trailer.count), undefined);
  }

  /** Encodes lines that are known to be records of one kind; `first` is the number of the first. */
  encodeAs(batch: LineBatch, kind: number, first: number): EncodedLines {
    this.records = first - 1;
    return this.write(batch, kind);
  }

  /** What was held back until the end of the text was known. */
  finish(): EncodedLines {
    const done = this.write(joinLines(this.held), this.file.trailer?.kind);
    this.held = [];
    done.pieces.push(...this.flush().pieces);
    return done;
  }

  /** The records written so far that a block holds back, and no more. */
  flush(): EncodedLines {
    return { pieces: [...this.blocks.finish()], refused: [], isStopped: true };
  }

  /** Keeps the last lines back: only at the end of the text they are trailers. */
  private hold(batch: LineBatch, count: number): LineBatch {
    const lines = [...this.held, ...splitLines(batch)];
    const freed = lines.splice(0, Math.max(0, lines.length - count));
    this.held = lines.map(({ text, number }) => ({ text: text.slice(), number }));
    return joinLines(freed);
  }

  private write(batch: LineBatch, kind: number | undefined): EncodedLines {
    const done: EncodedLines = { pieces: [], refused: [], isStopped: false };
    const count = batch.numbers.length;
    const first = this.records + 1;
    const space = new OutputSpace();
    const kinds = batch.numbers.map((_, index) => kind ?? this.kindOf(batch, index, first + index));
    for (let from = 0; from < count && !done.isStopped;) {
      let until = from + 1;
      while (until < count && kinds[until] === kinds[from]) until++;
      const run = { batch, first, from, until, kind: kinds[from]!, isPlaced: kind !== undefined, space };
      if (run.kind >= 0) this.writeRun(run, done);
      else for (let index = from; index < until && !done.isStopped; index++) this.refuseKind(run, index, done);
      from = until;
    }
    this.records += count;
    return done;
  }

  private kindOf({ bytes, starts, ends }: LineBatch, index: number, record: number): number {
    const { header } = this.file;
    if (header !== undefined && record <= header.count) return header.kind;
    return this.picker === undefined ? 0 : this.picker.kindOf(bytes, starts[index]!, ends[index]!);
  }

  private writeRun(run: Run, done: EncodedLines): void {
    const { batch, first, from, until, kind, space } = run;
    const encoder = this.encoders[kind]!;
    const source = { ...batch, count: until, first };
    for (let at = from; at < until && !done.isStopped;) {
      const out = space.room(encoder.recordSize, batch.numbers.length - at);
      const encoded = encoder.encodeLines(source, at, out);
      space.take(encoded.length);
      const refusals = new Map(encoded.refusals.map(refusal => [refusal.record - first, refusal]));
      let [offset, record] = [0, 0];
      for (let index = at; index < at + encoded.lines && !done.isStopped; index++) {
        const refusal = refusals.get(index);
        if (refusal !== undefined) {
          this.refuse(refusal, run, index, done);
          continue;
        }
        const length = encoded.lengths[record++]!;
        this.writeRecord(out.subarray(offset, (offset += length)), run, index, done);
      }
      at += encoded.lines;
    }
  }

  /** Frames a record, unless decode would read it as another. */
  private writeRecord(record: Uint8Array, run: Run, index: number, done: EncodedLines): void {
    const { file } = this;
    const isHeader = file.header !== undefined && run.first + index <= file.header.count;
    const isPicked = this.picker !== undefined && !run.isPlaced && !isHeader;
    if (isPicked && file.selector.kindOf(record, 0, record.length) !== run.kind) this.refuseKind(run, index, done);
    else if (this.endings?.ends(record) === true) this.refuseEnding(run, index, done);
    else done.pieces.push(...this.blocks.add(record));
  }

  private refuse(refusal: EncodeRefusal, { batch }: Run, index: number, done: EncodedLines): void {
    const line = batch.bytes.slice(batch.starts[index], batch.ends[index]);
    done.refused.push({ refusal: { ...refusal, line: batch.numbers[index]! }, line });
    done.isStopped = this.policy(refusal.field.replace(SUBSCRIPTS, '')) === 'fail';
  }

  private refuseKind(run: Run, index: number, done: EncodedLines): void {
    if (run.kind === RECORD_KIND.unmatched && this.file.unmatched === 'skip') return;
    this.refuse(this.refusal(run, index, 'noRecord'), run, index, done);
  }

  private refuseEnding(run: Run, index: number, done: EncodedLines): void {
    this.refuse(this.refusal(run, index, 'badCharacter'), run, index, done);
  }

  /** The refusal of a line as a whole. */
  private refusal({ batch, first, kind }: Run, index: number, code: 'noRecord' | 'badCharacter'): EncodeRefusal {
    const field = (this.file.layouts[kind] ?? this.file.layouts[0]!).name;
    const start = batch.starts[index]!;
    return {
      record: first + index,
      field,
      picture: '',
      code,
      message: `record ${first + index}, ${field}: ${code === 'noRecord' ? STATUS.noRecord.text : 'it holds what ends a line'}`,
      value: Buffer.from(batch.bytes.subarray(start, Math.min(batch.ends[index]!, start + VALUE_SIZE_MAX))).toString(),
    };
  }
}

const VALUE_SIZE_MAX = 120;
const SUBSCRIPTS = /\(.*\)$/;

/** Lines of one kind that follow each other. */
interface Run {
  readonly batch: LineBatch;
  readonly first: number; // the record of the batch's first line
  readonly from: number;
  readonly until: number;
  readonly kind: number;
  readonly isPlaced: boolean;
  readonly space: OutputSpace;
}

/** The one length of a file's records, where they have one. */
export function oneLength(file: RecordFile): number | undefined {
  const { framing, layouts } = file;
  if ((framing.format !== 'fixed' && framing.format !== 'fb') || hasOwnLengths(file)) return undefined;
  return framing.recordLength ?? Math.max(...layouts.map(layout => layout.sizeBytes));
}
