import { STATUS, statusName, type StatusName } from '../../model/index.js';
import type { LayoutItem } from './layout.js';

/** Why a record was refused. `offset` is the byte offset of the field in the file or stream; `hex` at most 16 bytes of it. */
export interface Refusal {
  readonly record: number; // the first is 1
  readonly offset: number;
  readonly field: string;
  readonly picture: string;
  readonly code: StatusName;
  readonly message: string;
  readonly hex: string;
}

export const REFUSAL_BYTES_MAX = 16;

/** One record among the bytes of a batch, and where both lie in the file. */
export interface RecordPlace {
  readonly bytes: Uint8Array;
  readonly start: number; // of the record in `bytes`
  readonly length: number;
  readonly record: number; // the first is 1
  readonly fileOffset: number; // of the record in the file
}

/** The refusal of one field: `source` is its offset in the record. An undefined item refuses the record as a whole. */
export function refuseField(place: RecordPlace, item: LayoutItem, source: number, status: number): Refusal {
  const code = statusName(status);
  const from = Math.min(source, place.length);
  const to = Math.min(source + Math.min(item.size, REFUSAL_BYTES_MAX), place.length);
  const hex = Buffer.from(place.bytes.subarray(place.start + from, place.start + to)).toString('hex');
  const offset = place.fileOffset + source;
  return {
    record: place.record,
    offset,
    field: item.name,
    picture: item.picture,
    code,
    message: `record ${place.record}, ${item.name} at offset ${offset}: ${STATUS[code].text}`,
    hex,
  };
}
