import type { RecordFile } from './record-file.js';
import { FixedFramer } from './fixed-framer.js';
import type { Framer } from './framer.js';
import { LineFramer } from './line-framer.js';
import { MeasuredFramer } from './measured-framer.js';
import { RecordMeasure } from './record-measure.js';
import { SpannedFramer } from './spanned-framer.js';
import { VariableFramer } from './variable-framer.js';

/** A record of two bytes of length is no longer than this; one of four bytes may be as long as its layout needs. */
const RECORD_MAX = 1 << 20;

/** Opens the framer of a file. */
export function createFramer(file: RecordFile): Framer {
  const { layouts, framing, selector } = file;
  const largest = Math.max(...layouts.map(layout => layout.sizeBytes));
  const reach = Math.max(RECORD_MAX, largest * 2);
  switch (framing.format) {
    case 'rdw':
    case 'vb':
      return new VariableFramer(framing, reach, framing.format === 'vb');
    case 'vbs':
      return new SpannedFramer(framing, reach);
    case 'text':
      return new LineFramer(layouts[0]!.codePage, largest);
    default:
  }
  if (hasOwnLengths(file))
    return new MeasuredFramer(
      layouts,
      selector,
      framing.lengthField === undefined ? largest : reach,
      framing.lengthField,
    );
  return new FixedFramer(framing.recordLength ?? largest);
}

/** Whether records tell their lengths themselves: by a field, or by tables that slide where no length is given for all. */
export function hasOwnLengths({ layouts, framing }: RecordFile): boolean {
  if (framing.format !== 'fixed' && framing.format !== 'fb') return false;
  if (framing.lengthField !== undefined) return true;
  return framing.recordLength === undefined && layouts.some(layout => new RecordMeasure(layout).varies);
}

/** Whether the records of a file must be explained to their last byte: one length for records of several may leave a rest. */
export function isExact(file: RecordFile): boolean {
  const { framing, layouts } = file;
  if ((framing.format !== 'fixed' && framing.format !== 'fb') || hasOwnLengths(file)) return true;
  return framing.recordLength === undefined && layouts.length === 1;
}
