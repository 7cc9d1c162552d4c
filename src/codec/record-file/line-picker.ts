import { STATUS } from '../../model/index.js';
import { JsonTape, RecordSketch } from '../record/index.js';
import { childKinds } from './family.js';
import type { RecordFile } from './record-file.js';

/**
 * Picks the record that a line of JSON is, by the values that the rules of the file look at; of a line that has none of them by the VALUE that
 * those items take, where that picks one record alone.
 */
export class LinePicker {
  private readonly tape = new JsonTape();
  /** For each kind the records it may hold, by their names. */
  private readonly children: readonly ReadonlyMap<string, number>[];
  private readonly sketches: readonly { readonly kind: number; readonly sketch: RecordSketch }[];

  constructor(private readonly file: RecordFile) {
    this.children = childKinds(file);
    const kinds = [...new Set(file.selector.tested.map(({ kind }) => kind))];
    this.sketches = kinds.map(kind => {
      const items = file.selector.tested.flatMap(rule => (rule.kind === kind ? rule.items : []));
      return { kind, sketch: new RecordSketch(file.layouts[kind]!, items, this.tape) };
    });
  }

  /** The kind of a line; what is no JSON has the first, which refuses it. */
  kindOf(bytes: Uint8Array, start: number, end: number): number {
    if (this.tape.read(bytes, start, end) !== STATUS.ok.code) return 0;
    const byValue: number[] = [];
    for (const { kind, sketch } of this.sketches) {
      const isDrawn = sketch.draw();
      if (this.file.selector.kindOf(sketch.bytes, 0, sketch.bytes.length) !== kind) continue;
      if (isDrawn) return kind;
      if (sketch.hasMembers(this.children[kind]!)) byValue.push(kind);
    }
    return byValue.length === 1 ? byValue[0]! : this.file.selector.otherwise;
  }
}
