import { utcTimestampText, type FixEncoder, type GroupLayout, type TimestampDecimals } from '../codec/index.js';
import { DECIMAL_SCALE, formatDecimal } from '../model/index.js';

/** One field of a message's body; the counter of a repeating group has its entries. */
export interface MessageField {
  readonly tag: number;
  readonly value: string;
  readonly entries?: readonly (readonly MessageField[])[];
}

export function field(tag: number, value: string | number): MessageField {
  return { tag, value: String(value) };
}

/** A Qty, Price or Amt from an integer at 10^-8. */
export function decimalOf(tag: number, value: bigint): MessageField {
  return { tag, value: formatDecimal(value, DECIMAL_SCALE) };
}

/** A UTCTimestamp from UTC nanoseconds; before FIX.4.2 without decimals. */
export function timestampOf(tag: number, timeNs: bigint, decimals: TimestampDecimals): MessageField {
  return { tag, value: utcTimestampText(timeNs, decimals) };
}

/** The UTC day as a LocalMktDate. */
export function dateOf(tag: number, timeNs: bigint): MessageField {
  return { tag, value: utcTimestampText(timeNs, 0).slice(0, 8) };
}

export function groupOf(counter: number, entries: readonly (readonly MessageField[])[]): MessageField {
  return { tag: counter, value: String(entries.length), entries };
}

/**
 * Writes a body: ascending by tag, as sessions want it, the entries of groups in the order of the dictionary. Throws ProtocolError
 * (HR_FIX_VALUE) for a value with SOH or a character outside Latin-1.
 */
export function writeFields(
  encoder: FixEncoder,
  fields: readonly MessageField[],
  layout?: { readonly groups: ReadonlyMap<number, GroupLayout> },
): void {
  for (const one of [...fields].sort((a, b) => a.tag - b.tag)) writeOne(encoder, one, layout?.groups.get(one.tag));
}

function writeOne(encoder: FixEncoder, { tag, value, entries = [] }: MessageField, group?: GroupLayout): void {
  encoder.field(tag, value);
  for (const entry of entries) {
    const inOrder = group === undefined ? entry : [...entry].sort((a, b) => rank(group, a) - rank(group, b));
    for (const one of inOrder) writeOne(encoder, one, group?.groups.get(one.tag));
  }
}

/** What the group does not have goes last, where the check of the message names it. */
function rank({ ranks }: GroupLayout, { tag }: MessageField): number {
  return ranks.get(tag) ?? Infinity;
}
