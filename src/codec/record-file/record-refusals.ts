import { STATUS } from '../../model/index.js';
import { RECORD_KIND, refuseField, type Refusal } from '../record/index.js';
import type { FramingFault } from './framer.js';
import type { RecordFile } from './record-file.js';
import type { RecordBatch } from './record-finder.js';

/** Bytes after which no further record can be found: an unfinished record, or one whose word is not valid. */
export interface Rest {
  readonly record: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** Undefined when the file ends inside the record. */
  readonly fault: FramingFault | undefined;
}

const HEX_BYTES_MAX = 16;

/** Why a record without a layout is refused: no rule picks one, or a segment of it is missing. */
export function refuseKind(file: RecordFile, { framing, first }: RecordBatch, index: number): Refusal {
  const place = {
    bytes: framing.bytes,
    start: framing.starts[index]!,
    length: framing.lengths[index]!,
    record: first.record + index,
    fileOffset: first.fileOffset + framing.origins[index]!,
  };
  const status = framing.kinds[index] === RECORD_KIND.broken ? STATUS.badSegment : STATUS.noRecord;
  return refuseField(place, file.layouts[0]!.root, 0, status.code);
}

/** Why a record of a family is refused: the one that it belongs to is not before it. */
export function refuseOrphan({ layouts }: RecordFile, { framing, first }: RecordBatch, index: number): Refusal {
  const start = framing.starts[index]!;
  const offset = first.fileOffset + framing.origins[index]!;
  const { name } = layouts[framing.kinds[index]!]!;
  const bytes = framing.bytes.subarray(start, start + Math.min(framing.lengths[index]!, HEX_BYTES_MAX));
  return {
    record: first.record + index,
    offset,
    field: name,
    picture: '',
    code: 'noRecord',
    message: `record ${first.record + index}, ${name} at offset ${offset}: the record it belongs to is not before it`,
    hex: Buffer.from(bytes).toString('hex'),
  };
}

/** Why what is left of a file cannot be read. */
export function refuseRest({ layouts, framing }: RecordFile, { record, offset, bytes, fault }: Rest): Refusal {
  const size = fault === undefined ? HEX_BYTES_MAX : Math.max(fault.size, 4);
  const isFixed = framing.format === 'fixed' || framing.format === 'fb';
  const largest = framing.recordLength ?? Math.max(...layouts.map(layout => layout.sizeBytes));
  const what =
    fault === undefined
      ? `the file ends inside the record${isFixed ? `, ${bytes.length} of ${largest} bytes are there` : ''}`
      : `${fault.word} ${fault.why}; what follows cannot be found`;
  return {
    record,
    offset,
    field: fault?.word ?? layouts[0]!.name,
    picture: '',
    code: fault === undefined ? 'shortRecord' : 'badRecordLength',
    message: `record ${record} at offset ${offset}: ${what}`,
    hex: Buffer.from(bytes.subarray(0, size)).toString('hex'),
  };
}
