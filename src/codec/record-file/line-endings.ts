import { byteOf, type CodePage } from '../record/index.js';

const CARRIAGE_RETURN = 0x0d;

/** What ends a line of text: NL and LF of EBCDIC, LF of ASCII; a carriage return before it belongs to it. */
export class LineEndings {
  readonly bytes: readonly number[];
  private readonly space: number;

  constructor(page: CodePage) {
    this.bytes = page.ebcdic ? [0x15, 0x25] : [0x0a];
    this.space = byteOf(page, ' ');
  }

  /** Whether a record would end before its last byte, were it a line. */
  ends(record: Uint8Array): boolean {
    let last = record.length - 1;
    while (last >= 0 && record[last] === this.space) last--;
    return record[last] === CARRIAGE_RETURN || this.bytes.some(byte => record.includes(byte));
  }
}
