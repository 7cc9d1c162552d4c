import {
  errorPolicy,
  isExact,
  RecordLister,
  type ErrorPolicy,
  type RecordBatch,
  type RecordFile,
  type Run,
} from '../../codec/index.js';
import type { DecodeSink, RecordOutput } from './record-output.js';
import { recordTable } from './table.js';

/** Records as tables of field, offset, hex and value, for people. */
export class TableOutput implements RecordOutput {
  private readonly policy: ErrorPolicy;
  private readonly listers: readonly RecordLister[];

  constructor(
    file: RecordFile,
    private readonly sink: DecodeSink,
  ) {
    this.policy = errorPolicy(file.policies);
    const isNullable = ({ name }: { readonly name: string }): boolean => this.policy(name) === 'null';
    this.listers = file.layouts.map(
      (layout, kind) => new RecordLister(layout, isExact(file), { isNullable, choices: file.choices[kind]! }),
    );
  }

  write(batch: RecordBatch, { kind, from, until }: Run): boolean {
    let text = '';
    for (let index = from; index < until; index++) {
      const listed = this.listers[kind]!.list({ bytes: batch.framing.bytes, ...batch }, index);
      if (!('code' in listed)) text += recordTable(batch, index, listed);
      else {
        this.sink.refuse(listed, batch, index);
        if (this.policy(listed.field) !== 'fail') continue;
        this.sink.print(text);
        return false;
      }
    }
    this.sink.print(text);
    return true;
  }

  finish(): void {}
}
