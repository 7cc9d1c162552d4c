import {
  createColumnWriter,
  parentKinds,
  type ColumnChild,
  type ColumnWriter,
  type RecordFile,
} from '../../codec/index.js';
import { ConfigError } from '../../model/index.js';
import { errorPolicy } from '../../codec/index.js';
import type { ConvertSink } from './sink.js';

/** A file of columns. Its writer holds rows back until a row group is full, so that a run which was killed begins it anew. */
export class ColumnSink implements ConvertSink {
  readonly resumes = false;
  sizeBytes = 0;
  private readonly writer: ColumnWriter;
  private lines = 0;

  constructor(path: string, form: 'parquet' | 'arrow', file: RecordFile | undefined) {
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
    this.writer = createColumnWriter({
      ...root,
      path,
      form,
      renames: file.policies.renames === true,
      isNullable: ({ name }) => policy(name) === 'null',
    });
  }

  write(pieces: readonly Uint8Array[]): readonly object[] {
    const refused: object[] = [];
    for (const piece of pieces)
      for (let at = 0; at < piece.length;) {
        const { consumed, rows, bad } = this.writer.writeLines(piece.subarray(at));
        for (const { line, field, what } of bad) {
          const row = this.lines + line + 1;
          refused.push({ row, field, code: 'badColumn', message: `row ${row}, ${field}: ${what}` });
        }
        this.lines += rows + bad.length;
        at += consumed;
      }
    return refused;
  }

  sync(): void {}

  finish(): void {
    this.sizeBytes = this.writer.finish().sizeBytes;
  }
}

/** The records that go into those of a kind; of -1 those that go into none. */
function childrenOf(file: RecordFile, kind: number): readonly ColumnChild[] {
  const parents = parentKinds(file);
  return file.layouts.flatMap((layout, child) =>
    parents[child] === kind ? [{ layout, children: childrenOf(file, child) }] : [],
  );
}
