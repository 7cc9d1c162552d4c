import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

import {
  chooseRecord,
  compileCopybook,
  createJsonWriter,
  frameFixed,
  Framing,
  type Layout,
} from '../../src/codec/index.js';
import { COBOL_FOLDER, cobcMissing, writtenBy } from '../support/cobc.js';
import { needs } from '../support/servers.js';
import { bothEncoders } from '../support/both-encoders.js';

const read = (file: string): Buffer => readFileSync(join(COBOL_FOLDER, file));

interface Golden {
  readonly program: string;
  readonly flags: readonly string[];
  readonly copybook: string;
  readonly codePage: string;
  readonly data: string;
  readonly values: string;
}

const GOLDEN: readonly Golden[] = [
  {
    program: 'all-fields.cob',
    flags: ['-fbinary-size=2-4-8'],
    copybook: 'all-fields.cpy',
    codePage: 'ascii',
    data: 'all-fields.ascii.dat',
    values: 'all-fields.jsonl',
  },
  {
    program: 'overpunch.cob',
    flags: ['-fsign=EBCDIC', '-fbinary-size=2-4-8'],
    copybook: 'overpunch.cpy',
    codePage: 'cp037',
    data: 'overpunch.ebcdic.dat',
    values: 'overpunch.jsonl',
  },
  {
    program: 'floats.cob',
    flags: [],
    copybook: 'floats.cpy',
    codePage: 'ascii',
    data: 'floats.ascii.dat',
    values: 'floats.jsonl',
  },
];

function layoutOf({ copybook, codePage }: Golden): Layout {
  return chooseRecord(compileCopybook(read(copybook).toString(), { file: copybook, codePage }), undefined);
}

function decode(golden: Golden): string {
  const layout = layoutOf(golden);
  const writer = createJsonWriter({ layout, native: undefined, exactLength: true });
  const bytes = read(golden.data);
  const framing = new Framing(100);
  frameFixed(framing, layout.sizeBytes, 0, bytes.length);
  const out = Buffer.alloc(writer.plan.textSizeMax * framing.count);
  const batch = writer.write({ bytes, framing, first: { record: 1, fileOffset: 0 } }, 0, out);
  t.strictSame(batch.refusals, []);
  t.equal(framing.consumed, bytes.length, 'the records are of the length the program wrote');
  return out.toString('utf8', 0, batch.length);
}

/** The records of lines, one after the other. */
function encode(golden: Golden, text: string): Buffer {
  const encoder = bothEncoders({ layout: layoutOf(golden) });
  const lines = text.split('\n').slice(0, -1);
  const records = lines.map(line => {
    const bytes = Buffer.from(line);
    const out = Buffer.alloc(encoder.recordSize);
    const source = { bytes, starts: [0], ends: [bytes.length], count: 1, first: 1 };
    const { length, refusals } = encoder.encodeLines(source, 0, out);
    t.strictSame(refusals, []);
    return out.subarray(0, length);
  });
  return Buffer.concat(records);
}

for (const golden of GOLDEN) {
  t.test(`decodes what ${golden.program} wrote to the values it moved`, async t => {
    t.equal(decode(golden), read(golden.values).toString());
  });

  t.test(`encodes the values of ${golden.program} to the bytes it wrote`, async t => {
    const layout = layoutOf(golden);
    const withoutFiller = (data: Buffer): string => {
      for (const { filler, leaf, offset, size } of layout.items)
        for (let at = offset; filler && leaf !== undefined && at < data.length; at += layout.sizeBytes)
          data.fill(0, at, at + size);
      return data.toString('hex');
    };
    const lines = decode(golden);
    t.equal(withoutFiller(encode(golden, lines)), withoutFiller(Buffer.from(read(golden.data))));
    const records = read(golden.data);
    const withRaw = lines.replaceAll(/}\n/g, (_end, at: number) => {
      const record = lines.slice(0, at).split('\n').length - 1;
      const raw = records.subarray(record * layout.sizeBytes, (record + 1) * layout.sizeBytes);
      return `,"$raw":"${raw.toString('hex')}"}\n`;
    });
    t.equal(encode(golden, withRaw).toString('hex'), records.toString('hex'));
  });

  t.test(`${golden.program} writes the committed bytes`, needs(cobcMissing), async t => {
    t.strictSame(writtenBy(golden.program, golden.flags), read(golden.data));
  });
}
