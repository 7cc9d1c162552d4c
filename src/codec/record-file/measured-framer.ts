import { ConfigError, STATUS } from '../../model/index.js';
import {
  describeLeaf,
  Digits,
  pageTables,
  readNumber,
  type Framing,
  type Layout,
  type LayoutItem,
  type LeafAt,
} from '../record/index.js';
import { findItem } from './field-values.js';
import { NO_FAULT, type Framer, type FramingFault, type Stretch } from './framer.js';
import type { LengthField } from './framing-rules.js';
import { RecordMeasure, UNMEASURED } from './record-measure.js';
import type { RecordSelector } from './record-selector.js';

const INCOMPLETE = STATUS.incomplete.code;

/** Tells the length of a record of one layout from its bytes. */
interface Measure {
  readonly refused: LayoutItem | undefined;
  length(bytes: Uint8Array, start: number, end: number): number;
}

/**
 * Records laid end to end that tell their lengths themselves: by the counts of tables that slide, or by a field. The rules
 * pick a record's layout before its length is known.
 */
export class MeasuredFramer implements Framer {
  fault: FramingFault = NO_FAULT;
  private readonly measures: readonly Measure[];

  constructor(
    layouts: readonly Layout[],
    private readonly selector: RecordSelector,
    readonly reach: number,
    lengthField: LengthField | undefined,
  ) {
    this.measures = layouts.map(layout =>
      lengthField === undefined ? new RecordMeasure(layout) : new FieldMeasure(layout, lengthField),
    );
  }

  find(framing: Framing, stretch: Stretch): void {
    const { bytes, from, to } = stretch;
    framing.clear(bytes, from);
    while (framing.consumed < to && !framing.isFull) {
      const at = framing.consumed;
      // A field that lies behind the stretch cannot pick a record yet.
      if (!stretch.ended && to - at < this.reach) framing.status = INCOMPLETE;
      else framing.status = this.record(framing, bytes, at, to);
      if (framing.status !== STATUS.ok.code) return;
    }
  }

  private record(framing: Framing, bytes: Uint8Array, at: number, to: number): number {
    const kind = this.selector.kindOf(bytes, at, to);
    if (kind < 0) return this.refuse('record', 'picks none of the records, so that its length is not known');
    const measure = this.measures[kind]!;
    const length = measure.length(bytes, at, to);
    if (length === UNMEASURED.incomplete) return INCOMPLETE;
    if (length === UNMEASURED.bad) return this.refuse(measure.refused!.name, 'does not tell the length of the record');
    if (length < 1 || length > this.reach)
      return this.refuse(
        measure.refused?.name ?? 'record',
        `says ${length} bytes, and a record has 1 to ${this.reach}`,
      );
    if (to - at < length) return INCOMPLETE;
    framing.add(at, length);
    framing.kinds[framing.count - 1] = kind;
    framing.consumed += length;
    return STATUS.ok.code;
  }

  private refuse(word: string, why: string): number {
    this.fault = { word, size: 0, why };
    return STATUS.badRecordLength.code;
  }
}

/** The length by a field of the record. */
class FieldMeasure implements Measure {
  readonly refused: LayoutItem;
  private readonly leaf: LeafAt;
  private readonly number = new Digits();

  constructor(
    layout: Layout,
    private readonly rule: LengthField,
  ) {
    this.refused = findItem(layout, rule.field);
    const leaf = this.refused.leaf;
    if (leaf === undefined || !('scale' in leaf) || leaf.scale !== 0)
      throw new ConfigError('HR_FIELD', `${rule.field} of ${layout.name} is not an integer and cannot hold a length`);
    this.leaf = {
      leaves: Int32Array.from(describeLeaf(layout, this.refused)),
      at: 0,
      tables: pageTables(layout.codePage, layout.sign),
    };
  }

  length(bytes: Uint8Array, start: number, end: number): number {
    const offset = start + this.refused.offset;
    if (offset + this.refused.size > end) return UNMEASURED.incomplete;
    if (readNumber(this.leaf, bytes, offset, this.number) !== STATUS.ok.code) return UNMEASURED.bad;
    return Number(this.number.toBigInt()) + this.rule.adjustment;
  }
}
