import { STATUS, type StatusName } from '../../model/index.js';
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
  /** How deep in its family the last record is that was refused: what it holds goes with it. */
  private lostDepth = 0;

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
    if (file.selector.tested.length > 0 || policies.children !== undefined) this.picker = new LinePicker(file);
    if (policies.children !== undefined) this.families = new FamilyLines(file, options.nulls ?? 'refuse');
    if (framing.format === 'text') this.endings = new LineEndings(layouts[0]!.codePage);
  }

  encode(batch: LineBatch): EncodedLines {
    const whole = this.families === undefined ? batch : this.part(batch, this.families);
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

  /** Takes the records of families apart; the place of each line's own may tell its kind. */
  private part(batch: LineBatch, families: FamilyLines): LineBatch {
    const lines: Line[] = [];
    splitLines(batch).forEach((line, index) => {
      const kind = this.kindOf(batch, index, this.records + this.held.length + lines.length + 1);
      for (const taken of families.take(line, kind)) lines.push(taken);
    });
    return joinLines(lines);
  }

  /** Keeps the last lines back: only at the end of the text they are trailers. */
  private hold(batch: LineBatch, count: number): LineBatch {
    const lines = [...this.held, ...splitLines(batch)];
    const freed = lines.splice(0, Math.max(0, lines.length - count));
    this.held = lines.map(({ text, number, member }) => ({
      text: text.slice(),
      number,
      member: member && { ...member, whole: member.whole.slice() },
    }));
    return joinLines(freed);
  }

  private write(batch: LineBatch, kind: number | undefined): EncodedLines {
    const done: EncodedLines = { pieces: [], refused: [], isStopped: false };
    const count = batch.numbers.length;
    const first = this.records + 1;
    const space = new OutputSpace();
    const kinds = batch.numbers.map((_, index) => this.writtenKind(batch, index, kind));
    for (let from = 0; from < count && !done.isStopped;) {
      let until = from + 1;
      while (until < count && kinds[until] === kinds[from]) until++;
      const run = { batch, first, from, until, kind: kinds[from]!, isPlaced: kind !== undefined, space };
      if (run.kind >= 0) this.writeRun(run, done);
      else
        for (let index = from; index < until && !done.isStopped; index++)
          if (!this.isLost(batch, index)) this.refuseKind(run, index, done);
      from = until;
    }
    this.records += count;
    return done;
  }

  /** The kind of a line of a batch that is next to be written. */
  private writtenKind(batch: LineBatch, index: number, kind: number | undefined): number {
    const member = batch.members?.[index];
    if (member?.fault !== undefined) return RECORD_KIND.broken;
    return kind ?? this.kindOf(batch, index, this.records + 1 + index);
  }

  private kindOf({ bytes, starts, ends, members }: LineBatch, index: number, record: number): number {
    const { header } = this.file;
    if (header !== undefined && record <= header.count) return header.kind;
    const member = members?.[index];
    if (member !== undefined) return member.kind;
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
        const length = refusal === undefined ? encoded.lengths[record++]! : 0;
        const bytes = out.subarray(offset, (offset += length));
        if (this.isLost(batch, index)) continue;
        if (refusal === undefined) this.writeRecord(bytes, run, index, done);
        else this.refuse(refusal, run, index, done);
      }
      at += encoded.lines;
    }
  }

  /** Whether a line goes with the record that holds it, which was refused. Asked of each line once, in order. */
  private isLost({ members }: LineBatch, index: number): boolean {
    const depth = members?.[index]?.depth ?? 0;
    if (depth > this.lostDepth) return true;
    this.lostDepth = Infinity;
    return false;
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
    const member = batch.members?.[index];
    const line = member?.whole.slice() ?? batch.bytes.slice(batch.starts[index], batch.ends[index]);
    this.lostDepth = member?.depth ?? 0;
    done.refused.push({ refusal: { ...refusal, line: batch.numbers[index]! }, line });
    done.isStopped = this.policy(refusal.field.replace(SUBSCRIPTS, '')) === 'fail';
  }

  private refuseKind(run: Run, index: number, done: EncodedLines): void {
    if (run.kind === RECORD_KIND.unmatched && this.file.unmatched === 'skip') return;
    const fault = run.batch.members?.[index]?.fault;
    this.refuse(this.refusal(run, index, fault ?? { code: 'noRecord' }), run, index, done);
  }

  private refuseEnding(run: Run, index: number, done: EncodedLines): void {
    this.refuse(
      this.refusal(run, index, { code: 'badCharacter', text: 'it holds what ends a line' }),
      run,
      index,
      done,
    );
  }

  /** The refusal of a line as a whole. */
  private refusal({ batch, first, kind }: Run, index: number, fault: LineFault): EncodeRefusal {
    const { code, text = STATUS[code].text, value } = fault;
    const field = fault.field ?? (this.file.layouts[kind] ?? this.file.layouts[0]!).name;
    const start = batch.starts[index]!;
    const end = Math.min(batch.ends[index]!, start + VALUE_SIZE_MAX);
    return {
      record: first + index,
      field,
      picture: '',
      code,
      message: `record ${first + index}, ${field}: ${text}`,
      value: value ?? Buffer.from(batch.bytes.subarray(start, end)).toString(),
    };
  }
}

/** Why a line as a whole is no record; in the words of its status, of its record and its text where nothing else is said. */
interface LineFault {
  readonly code: StatusName;
  readonly text?: string;
  readonly field?: string;
  readonly value?: string;
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
