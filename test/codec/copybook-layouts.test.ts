import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';

import { compileCopybook, type BinarySize } from '../../src/codec/index.js';
import { readCopyFrom } from '../../src/decode/index.js';
import { projectRoot } from '../support/project.js';
import { needs } from '../support/servers.js';

const FOLDER = join(projectRoot, 'test', 'golden', 'cobol');
const SIZES: Readonly<Record<string, BinarySize>> = { default: '1-2-4-8', ibm: '2-4-8' };
const hasCobc = spawnSync('cobc', ['--version']).error === undefined;

/** Name, offset and length of each item as layouts.cob prints them. */
function placesOf(binarySize: BinarySize): string {
  const text = readFileSync(join(FOLDER, 'layouts.cpy'), 'latin1');
  const [layout] = compileCopybook(text, { file: 'layouts.cpy', binarySize, readCopy: readCopyFrom([FOLDER]) });
  const number = (value: number): string => String(value).padStart(5, '0');
  return layout!.items
    .slice(1)
    .map(({ name, offset, size }) => `${name} ${number(offset)} ${number(size)}\n`)
    .join('');
}

for (const [std, binarySize] of Object.entries(SIZES)) {
  const golden = (): string => readFileSync(join(FOLDER, `layouts.${std}.txt`), 'utf8');

  t.test(`the items of layouts.cpy lie where the program of cobc -std=${std} has them`, async t => {
    t.strictSame(placesOf(binarySize).split('\n'), golden().split('\n'));
  });

  t.test(`cobc -std=${std} prints them so`, needs(hasCobc ? undefined : 'cobc is not installed'), async t => {
    const folder = mkdtempSync(join(tmpdir(), 'layouts-'));
    const program = join(folder, 'program');
    const flags = ['-x', '-w', `-std=${std}`, '-I', FOLDER, '-o', program];
    const built = spawnSync('cobc', [...flags, join(FOLDER, 'layouts.cob')]);
    t.equal(built.status, 0, String(built.stderr));
    t.equal(String(spawnSync(program).stdout), golden());
    rmSync(folder, { recursive: true });
  });
}

t.test('slack bytes of a table stand at the end of each occurrence', async t => {
  // The example of the SYNCHRONIZED clause, "Slack bytes between occurrences". GnuCOBOL puts them before the last item.
  const [layout] = compileCopybook(
    `01 WORK-RECORD.
       05 WORK-CODE PIC X.
       05 COMP-TABLE OCCURS 10 TIMES.
         10 COMP-TYPE PIC X.
         10 COMP-PAY PIC S9(4)V99 COMP SYNC.
         10 COMP-HOURS PIC S9(3) COMP SYNC.
         10 COMP-NAME PIC X(5).`,
    { file: 'x', sourceFormat: 'free' },
  );
  t.strictSame(
    layout!.items.map(item => item.offset),
    [0, 0, 1, 1, 4, 8, 10],
  );
  t.match(layout!.items[2]?.occurs, { count: 10, stride: 16 });
  t.equal(layout!.sizeBytes, 161);
});
