import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';

import { chooseRecord, compileCopybook, createJsonWriter, frameFixed, Framing } from '../../src/codec/index.js';
import { projectRoot } from '../support/project.js';

const FOLDER = join(projectRoot, 'test', 'golden', 'cobol');
const read = (file: string): Buffer => readFileSync(join(FOLDER, file));

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
];

function decode(golden: Golden): string {
  const layouts = compileCopybook(read(golden.copybook).toString(), {
    file: golden.copybook,
    codePage: golden.codePage,
  });
  const layout = chooseRecord(layouts, undefined);
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

const hasCobc = spawnSync('cobc', ['--version']).error === undefined;

for (const golden of GOLDEN) {
  t.test(`decodes what ${golden.program} wrote to the values it moved`, async t => {
    t.equal(decode(golden), read(golden.values).toString());
  });

  t.test(
    `${golden.program} writes the committed bytes`,
    { skip: hasCobc ? false : 'cobc is not installed' },
    async t => {
      const folder = mkdtempSync(join(tmpdir(), 'cobol-'));
      const program = join(folder, 'program');
      const built = spawnSync('cobc', [
        '-x',
        ...golden.flags,
        '-I',
        FOLDER,
        '-o',
        program,
        join(FOLDER, golden.program),
      ]);
      t.equal(built.status, 0, String(built.stderr));
      const ran = spawnSync(program, [join(folder, 'out.dat')]);
      t.equal(ran.status, 0, String(ran.stderr));
      t.strictSame(readFileSync(join(folder, 'out.dat')), read(golden.data));
      rmSync(folder, { recursive: true });
    },
  );
}
