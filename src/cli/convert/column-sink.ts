import {
  createColumnWriter,
  createDecoder,
  parentKinds,
  type BadRow,
  type ColumnChild,
  type ColumnWriter,
  type RecordFile,
} from '../../codec/index.js';
import { CapacityError, ConfigError, OutputError } from '../../model/index.js';
import type { RowGroup } from '../decode/decoded.js';
import { errorPolicy } from '../../codec/index.js';
import type { ConvertSink } from './sink.js';

/** Of a row group as it lies in the file; it waits in memory until it is whole, twice as large with its dictionaries. */
const GROUP_BYTES = 6 << 20;

/** The file that is written, and what comes for it. */
export interface ColumnPlace {
  readonly path: string;
  readonly form: 'parquet' | 'arrow';
  readonly file: RecordFile | undefined;
  /** Rows of the decoder, not lines of JSON. */
  readonly isRows: boolean;
}

/** A file of columns. Its writer holds rows back until a row group is full, so that a run which was killed begins it anew. */
export class ColumnSink implements ConvertSink {
  readonly resumes = false;
  sizeBytes = 0;
  private readonly writer: ColumnWriter;
  /** Bytes of a row, where rows of the decoder come and not lines. */
  private readonly rowSize: number | undefined;
  private lines = 0;

  constructor({ path, form, file, isRows }: ColumnPlace) {
    if (file === undefined)
      throw new ConfigError('HR_FORM', `${form} needs types; name the --copybook that describes the columns`);
    const [root, ...others] = childrenOf(file, -1);
    if (root === undefined || others.length > 0) {
      const names = file.layouts.map(({ name }) => name).join(', ');
      throw new ConfigError(
        'HR_FORM',
        `a file of ${form} has one kind of record, and here are ${names}; pick one with --record, or put the others into it with children`,
      );
    }
    const policy = errorPolicy(file.policies);
    const decoder = isRows ? createDecoder({ layout: root.layout, native: undefined }) : undefined;
    this.rowSize = decoder?.rowSize;
    this.writer = createColumnWriter({
      ...(decoder === undefined ? {} : { decoder }),
      ...root,
      path,
      form,
      renames: file.policies.renames === true,
      isNullable: ({ name }) => policy(name) === 'null',
      rowGroupBytes: GROUP_BYTES,
    });
  }

  write(pieces: readonly Uint8Array[], group?: RowGroup): readonly object[] {
    return whileRoom(() => [
      ...pieces.flatMap(piece => (this.rowSize === undefined ? this.writeLines(piece) : this.writeRows(piece))),
      ...(group === undefined ? [] : this.append(group)),
    ]);
  }

  private append({ number, rows, bad }: RowGroup): readonly object[] {
    if (number !== undefined) this.writer.appendGroup(number);
    return this.refused(rows, bad);
  }

  private writeLines(piece: Uint8Array): readonly object[] {
    const refused: object[] = [];
    for (let at = 0; at < piece.length;) {
      const { consumed, rows, bad } = this.writer.writeLines(piece.subarray(at));
      for (const { line, field, what } of bad) refused.push(refusedRow(this.lines + line + 1, field, what));
      this.lines += rows + bad.length;
      at += consumed;
    }
    return refused;
  }

  private writeRows(piece: Uint8Array): readonly object[] {
    const count = piece.length / this.rowSize!;
    const bad = this.writer.writeRows(piece, count);
    return this.refused(count, bad);
  }

  private refused(count: number, bad: readonly BadRow[]): readonly object[] {
    const first = this.lines + 1;
    this.lines += count;
    return bad.map(({ row, field }) => refusedRow(first + row, field, 'more digits than the column has'));
  }

  sync(): void {}

  finish(): void {
    this.sizeBytes = whileRoom(() => this.writer.finish()).sizeBytes;
  }
}

/** To a library a full disk is a bound that may pass; to a command it is an output that cannot be written. */
function whileRoom<T>(write: () => T): T {
  try {
    return write();
  } catch (error) {
    if (!(error instanceof CapacityError)) throw error;
    throw new OutputError('HR_OUTPUT', error.message, { cause: error });
  }
}

const refusedRow = (row: number, field: string, what: string): object => ({
  row,
  field,
  code: 'badColumn',
  message: `row ${row}, ${field}: ${what}`,
});

/** The records that go into those of a kind; of -1 those that go into none. */
function childrenOf(file: RecordFile, kind: number): readonly ColumnChild[] {
  const parents = parentKinds(file);
  return file.layouts.flatMap((layout, child) =>
    parents[child] === kind ? [{ layout, children: childrenOf(file, child) }] : [],
  );
}
