import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';

import { projectRoot } from '../support/project.js';

t.setTimeout(180_000);

const COPYBOOK = `
       01 R.
         05 A PIC X.
           88 A-YES VALUE 'Y' 'J' THRU 'L'.
         05 FILLER PIC X(3).
         05 G.
           10 B PIC S9(2)V9 COMP-3 OCCURS 3 VALUE 1.5.
         05 N PIC 9.
         05 T OCCURS 0 TO 5 DEPENDING ON N.
           10 C PIC X OCCURS 2.
         05 V PIC X(4).
         05 W REDEFINES V.
           10 D PIC 9(4) BINARY.
         05 K PIC S9(3) SIGN LEADING SEPARATE.
         66 S RENAMES A THRU G.
       01 R2 PIC X(9) JUST RIGHT VALUE 'it''s'.
`;
const folder = t.testdir({ 'two.cpy': COPYBOOK, 'bad.cpy': '       01 R.\n          05 A PIC Q.\n' });

function copybook(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(projectRoot, 'bin', 'headrace.js'), 'copybook', ...args],
    { cwd: folder, encoding: 'utf8' },
  );
  return { status, out: stdout, err: stderr };
}

t.test('prints level, name, PICTURE, usage, offset and length of every item, with 88 and 66 levels', async t => {
  const { status, out } = copybook('two.cpy', '--codepage', 'ascii');
  t.equal(status, 0);
  t.equal(
    out,
    `R: 29 bytes, ascii
level  name       PICTURE  usage    offset  length  clauses
01     R                                 0      29
05       A        X        DISPLAY       0       1
88         A-YES                         0       1  VALUE 'Y', 'J' THRU 'L'
05       FILLER   X(3)     DISPLAY       1       3
05       G                               4       6
10         B      S9(2)V9  COMP-3        4       2  OCCURS 3 (every 2) VALUE 1.5
05       N        9        DISPLAY      10       1
05       T                              11       2  OCCURS 0 TO 5 DEPENDING ON N (every 2)
10         C      X        DISPLAY      11       1  OCCURS 2 (every 1)
05       V        X(4)     DISPLAY      21       4
05       W                              21       2  REDEFINES V
10         D      9(4)     BINARY       21       2
05       K        S9(3)    DISPLAY      25       4  SIGN LEADING SEPARATE
66     S                                 0      10  RENAMES A THRU G
Offsets behind a table with DEPENDING ON are those of its largest count; in a record what follows slides up.

R2: 9 bytes, ascii
level  name  PICTURE  usage    offset  length  clauses
01     R2    X(9)     DISPLAY       0       9  JUSTIFIED RIGHT VALUE 'it''s'
`,
  );
});

t.test('--json has the same of the record that --record names, sizes by --binary-size', async t => {
  const { out } = copybook('two.cpy', '--record', 'r', '--json', '--binary-size', '1-8');
  const { records } = JSON.parse(out);
  t.equal(records.length, 1);
  t.match(records[0], { name: 'R', length: 29, codePage: 'cp037' });
  const item = (name: string): unknown => records[0].items.find((row: { name: string }) => row.name === name);
  t.match(item('T'), {
    level: 5,
    picture: '',
    usage: '',
    offset: 11,
    length: 2,
    occurs: { min: 0, max: 5, stride: 2, dependingOn: 'N' },
  });
  t.match(item('D'), { level: 10, picture: '9(4)', usage: 'BINARY', offset: 21, length: 2 });
  t.match(item('A-YES'), { level: 88, values: [{ from: "'Y'" }, { from: "'J'", thru: "'L'" }] });
  t.match(item('S'), { level: 66, offset: 0, length: 10, renames: { from: 'A', thru: 'G' } });
});

t.test('a copybook that cannot be used is named with line and column, and the exit code is 78', async t => {
  const { status, err } = copybook('bad.cpy');
  t.equal(status, 78);
  t.match(err, /bad\.cpy:2:20: /);
  t.equal(copybook('two.cpy', '--record', 'NONE').status, 78);
  t.equal(copybook('two.cpy', '--format', 'vb').status, 64, 'how records lie in a file is no matter here');
});
