import type { FilePlace } from './decoder.js';
import { compileJsonPlan, type JsonPlan, type JsonPlanOptions } from './json-plan.js';
import { JsonTwin } from './json-twin.js';
import { refusalAt } from './json-writer.js';
import type { Layout } from './layout.js';
import type { Framing } from './records.js';
import type { Refusal } from './refusal.js';

/** One elementary value of a record: where its bytes are in the record, and its JSON text. */
export interface ListedField {
  readonly label: string; // indented by level, with its subscripts
  readonly offset: number;
  readonly size: number;
  readonly text: string;
}

/** Lists a record's fields one by one, for people. */
export class RecordLister {
  private readonly plan: JsonPlan;
  private readonly twin: JsonTwin;
  private readonly out: Uint8Array;
  private readonly levels: ReadonlyMap<number, number>;

  constructor(
    layout: Layout,
    private readonly exactLength: boolean,
    options: Pick<JsonPlanOptions, 'choices' | 'isNullable'> = {},
  ) {
    this.plan = compileJsonPlan(layout, options);
    this.twin = new JsonTwin(this.plan);
    this.out = new Uint8Array(this.plan.textSizeMax);
    const levels = [...new Set(layout.items.map(item => item.level))].sort((a, b) => a - b);
    this.levels = new Map(levels.map((level, depth) => [level, depth]));
  }

  /** The fields of record `index` of the framing, or why it is refused. */
  list(source: { bytes: Uint8Array; framing: Framing; first: FilePlace }, index: number): ListedField[] | Refusal {
    const { framing, bytes, first } = source;
    const record = {
      bytes,
      start: framing.starts[index]!,
      length: framing.lengths[index]!,
      origin: framing.origins[index]!,
      exact: this.exactLength,
    };
    const found: { item: number; offset: number; start: number; end: number; subscripts: string }[] = [];
    this.twin.onLeaf = (item, offset, start) =>
      found.push({
        item,
        offset: offset - record.start,
        start,
        end: this.twin.textEnd,
        subscripts: this.twin.subscripts(),
      });
    this.twin.onRewind = to => {
      while (found.length > 0 && found.at(-1)!.start >= to) found.pop();
    };
    if (this.twin.write(record, this.out, 0) < 0)
      return refusalAt(this.plan, record, this.twin.refused, { index, first });
    return found.map(({ item, offset, start, end, subscripts }) => {
      const { name, level, size } = this.plan.layout.items[item]!;
      const label = '  '.repeat(Math.max(0, (this.levels.get(level) ?? 1) - 1)) + name + subscripts;
      return { label, offset, size, text: Buffer.from(this.out.subarray(start, end)).toString() };
    });
  }
}
