import { RecordLister, type RecordBatch, type RecordFile } from '../../codec/index.js';
import { isExact, type DecodeSink, type RecordOutput, type Run } from './record-output.js';
import { recordTable } from './table.js';

/** Records as tables of field, offset, hex and value, for people. */
export class TableOutput implements RecordOutput {
  private readonly listers: readonly RecordLister[];

  constructor(
    private readonly file: RecordFile,
    private readonly sink: DecodeSink,
  ) {
    this.listers = file.layouts.map(layout => new RecordLister(layout, isExact(file)));
  }

  async write(batch: RecordBatch, { kind, from, until }: Run): Promise<boolean> {
    let text = '';
    for (let index = from; index < until; index++) {
      const listed = this.listers[kind]!.list({ bytes: batch.framing.bytes, ...batch }, index);
      if (!('code' in listed)) text += recordTable(batch, index, listed);
      else {
        this.sink.refuse(listed, batch, index);
        if (this.file.policies.onError !== 'fail') continue;
        await this.sink.print(text);
        return false;
      }
    }
    await this.sink.print(text);
    return true;
  }

  async finish(): Promise<void> {}
}
