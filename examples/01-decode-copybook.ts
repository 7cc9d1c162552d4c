/** Decodes mainframe records with their copybook: typed values, and JSON lines with every digit kept. */
import { compileCopybook, createDecoder, createJsonWriter, frameFixed, Framing, loadAddon, readSlot } from 'headrace';

const COPYBOOK = `
       01  POSITION-RECORD.
           05  ACCOUNT        PIC X(6).
           05  QUANTITY       PIC S9(7)      COMP-3.
           05  AVERAGE-PRICE  PIC S9(5)V99   COMP-3.
`;
// Two records of 14 bytes in cp037: DESK01 +1200 at 45.50, and DESK02 -300 at 101.25.
const DATA = Buffer.from('c4c5e2d2f0f1' + '0001200c' + '0004550c' + 'c4c5e2d2f0f2' + '0000300d' + '0010125c', 'hex');

const [layout] = compileCopybook(COPYBOOK, { file: 'position.cpy', codePage: 'cp037' });
if (layout === undefined) throw new Error('the copybook has no record');
const native = loadAddon('prefer');

// Rows: fixed offsets, numbers as integers at the picture's scale, a batch in one call.
const decoder = createDecoder({ layout, native });
const rows = new Uint8Array(2 * decoder.rowSize);
const count = decoder.decodeRows(DATA, 0, DATA.length, rows);
for (let row = 0; row < count; row++) {
  const value = (field: string) => readSlot(rows, row * decoder.rowSize, decoder.slot(field));
  console.log(`${value('ACCOUNT')} holds ${value('QUANTITY')} at ${value('AVERAGE-PRICE')} cents`);
}

// JSON lines, as `headrace decode --json` writes them.
const writer = createJsonWriter({ layout, native, exactLength: true });
const framing = new Framing(count);
frameFixed(framing, layout.sizeBytes, 0, DATA.length);
const out = Buffer.alloc(writer.plan.textSizeMax * count);
const first = { record: 1, fileOffset: 0 };
const { length, refusals } = writer.write({ bytes: DATA, framing, first }, 0, out);
process.stdout.write(out.subarray(0, length));
if (refusals.length > 0) console.error(refusals);
