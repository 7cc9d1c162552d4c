/**
 * One table of integer statuses for the hot path, the same in C++ (native/model/status.h) and Rust, compared by a test.
 * 0 is success; a status is a result and is never thrown. `text` is what a person reads.
 */
export const STATUS = {
  ok: { code: 0, text: 'ok' },
  incomplete: { code: 1, text: 'more bytes are needed' },
  full: { code: 2, text: 'the ring or buffer is full' },
  empty: { code: 3, text: 'nothing to read' },
  overrun: { code: 4, text: 'the reader was overrun by the writer' },
  capacity: { code: 5, text: 'a table or buffer of fixed size has no room' },
  // Journal
  journalFull: { code: 20, text: 'no segment could be preallocated: disk full' },
  syncFailed: { code: 21, text: 'fdatasync failed; the log stops and is never synced again' },
  writeFailed: { code: 22, text: 'pwrite failed; the log stops' },
  damaged: { code: 23, text: 'a frame before the synced position is damaged' },
  torn: { code: 24, text: 'an unfinished tail' },
  // Copybook and fixed-width records
  badSign: { code: 40, text: 'sign nibble or overpunch is not valid' },
  badDigit: { code: 41, text: 'a digit is not valid' },
  shortRecord: { code: 42, text: 'the record ends before the field does' },
  badRecordLength: { code: 43, text: 'the record has bytes behind its last field' },
  digitsOverflow: { code: 44, text: 'the value does not fit the picture' },
  noView: { code: 45, text: 'no view of a REDEFINES decodes' },
  badCharacter: { code: 46, text: 'a character has no place in the code page' },
  scaleLoss: { code: 47, text: 'a change of scale would lose digits' },
  missingValue: { code: 48, text: 'no value was given for the field' },
  badType: { code: 49, text: 'the value is of the wrong type for the field' },
  badTotal: { code: 50, text: 'the trailer total does not match' },
  viewsDiffer: { code: 51, text: 'the views of a REDEFINES give different bytes' },
  badCount: { code: 52, text: 'the count of a table is outside its OCCURS' },
  duplicate: { code: 53, text: 'another record of the file has the same key' },
  negative: { code: 54, text: 'the value may not be below 0' },
  noRecord: { code: 55, text: 'no rule picks a record for it' },
  badJson: { code: 56, text: 'the line is not a JSON object' },
  unknownMember: { code: 57, text: 'the record has no such member' },
  duplicateMember: { code: 58, text: 'a member is given twice' },
  badSegment: { code: 59, text: 'a segment of a spanned record is missing' },
  // FIX
  garbled: { code: 60, text: 'garbled FIX message' },
  badBodyLength: { code: 61, text: 'BodyLength (9) is not correct' },
  badCheckSum: { code: 62, text: 'CheckSum (10) is not correct' },
  badTag: { code: 63, text: 'a tag is not a number' },
  badNumber: { code: 64, text: 'a value is not a number of its type' },
  missingTag: { code: 65, text: 'a required tag is missing' },
  tooManyFields: { code: 66, text: 'the message has more fields than the index holds' },
  tooLong: { code: 67, text: 'a value or message is longer than allowed' },
  emptyValue: { code: 68, text: 'a tag has no value' },
  // Gate
  refused: { code: 80, text: 'refused by a rule' },
  unknownName: { code: 81, text: 'the name is not interned' },
  overflow: { code: 82, text: 'an integer would overflow' },
  badCommand: { code: 83, text: 'the gate command is not valid' },
} as const satisfies Record<string, { code: number; text: string }>;

/** A status by its name; the native parts answer its code. */
export type StatusName = keyof typeof STATUS;

const BY_CODE = new Map<number, StatusName>(
  Object.entries(STATUS).map(([name, entry]) => [entry.code, name as StatusName]),
);

/** The name of a status code, for errors and logs. */
export function statusName(code: number): StatusName {
  const name = BY_CODE.get(code);
  if (name === undefined) throw new RangeError(`no status has code ${code}`);
  return name;
}
