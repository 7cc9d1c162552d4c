import t from 'tap';

import { JsonTape } from '../../src/codec/index.js';
import { CsvShaper } from '../../src/cli/convert/csv-shaper.js';
import { linesOf } from '../../src/cli/encode/lines.js';
import { SeededRandom } from '../support/fuzz.js';

const COLUMNS = ['A', 'G.B', 'G.T[0].C', 'G.T[0].D', 'G.T[1].C', 'G.T[1].D', 'N[0]', 'N[1]', 'A-2', 'Z'];

interface Csv {
  readonly text: string;
  readonly refused: readonly string[];
}

function csvOf(columns: readonly string[], lines: readonly (string | Uint8Array)[]): Csv {
  const text = Buffer.concat(lines.flatMap(line => [Buffer.from(line), Buffer.from('\n')]));
  const { batch } = linesOf(text, text.length, 1, true);
  const { pieces, refused } = new CsvShaper(columns, false).shape(batch, { first: 1 });
  return { text: Buffer.concat(pieces).toString(), refused: refused.map(({ refusal }) => refusal.message) };
}

/** A tab between members is not what decode writes: such a line is read as a whole before its cells are written. */
const tabbed = (line: string): string => line.replace('{', '{\t');

t.test('values stand in the cells of their columns, absent ones and null are empty', async t => {
  const lines = [
    '{"A":"a","G":{"B":1.50,"T":[{"C":"c","D":-0.01},{"C":"x","D":2}]},"N":[1,2],"A":"b","Z":true}',
    '{"G":{"T":[{"D":1}]},"N":[],"Z":null}',
    '{ "A": null, "Z": false}',
    '{}',
  ];
  t.strictSame(csvOf(COLUMNS, lines), {
    text: 'a,1.50,c,-0.01,x,2,1,2,b,true\n,,,1,,,,,,\n,,,,,,,,,false\n,,,,,,,,,\n',
    refused: [],
  });
});

t.test('text is quoted where a comma, a quote or a line end asks for it, and no spreadsheet runs it', async t => {
  const lines = ['', 'a,b', 'a\\"b', 'a\\nb', '=1', "'=1", "'a", '-', 'é€', 'a\\u0041'].map(text => `{"A":"${text}"}`);
  const text = '""\n"a,b"\n"a""b"\n"a\nb"\n\'=1\n\'\'=1\n\'a\n\'-\né€\naA\n';
  t.strictSame(csvOf(['A'], lines), { text, refused: [] });
});

t.test('a line that is not UTF-8 is refused with its member, in order or not, and the others go on', async t => {
  const lines = ['{"A":"\xff"}', '{\t"A":"\xe9t\xe9"}', '{"A":"a"}', '{"\xff":null}'].map(line =>
    Buffer.from(line, 'latin1'),
  );
  t.strictSame(csvOf(['A'], lines), {
    text: 'a\n',
    refused: [
      'record 1, A: its bytes are not UTF-8',
      'record 2, A: its bytes are not UTF-8',
      'record 4: its bytes are not UTF-8',
    ],
  });
  t.equal(new JsonTape().valuesMax, 16_777_216, 'values of a line that no record bounds');
});

t.test('a line that is no object of the columns is refused with its number, whatever those around it are', async t => {
  const bad = ['{"A":01}', '{"A":1.}', '{"A":-}', '{"A":"x', '{"A":"x"}}', '{"A":"x",}', '[1]', '{"B":1}', '{"A":[1]}'];
  const { text, refused } = csvOf(
    ['A'],
    bad.flatMap(line => ['{"A":"good"}', line]),
  );
  t.equal(text, 'good\n'.repeat(bad.length));
  t.match(refused[0], /^record 2: /);
  t.match(refused[7], /^record 16, B: the file has no such column/);
  t.match(refused[8], /^record 18, A\[0\]: /);
  t.equal(refused.length, bad.length);
});

t.test('1000 seeded lines, in the order of the columns and out of it, are the same read as a whole', async t => {
  const random = new SeededRandom(23);
  const value = (): string =>
    random.pick(['null', 'true', '0', '-12.50', '1e3', '"x"', '""', '"a,b"', '"\\u00e9"', '"é"', '{}', '[]', '"=1"']);
  const member = (name: string, of = value): string[] => (random.below(4) === 0 ? [] : [`"${name}":${of()}`]);
  const object = (members: string[]): string => {
    if (random.below(8) === 0) members.reverse();
    return `{${members.join(random.below(4) === 0 ? ', ' : ',')}}`;
  };
  const element = (): string => object([...member('C'), ...member('D')]);
  const list = (of: () => string): string => `[${Array.from({ length: random.below(4) }, of).join()}]`;
  const lines = Array.from({ length: 1000 }, () => {
    const group = (): string => object([...member('B'), ...member('T', () => list(element))]);
    return object([
      ...member('A'),
      ...member('G', group),
      ...member('N', () => list(value)),
      ...member('A'),
      ...member('Z'),
    ]);
  });
  const [found, expected] = [csvOf(COLUMNS, lines), csvOf(COLUMNS, lines.map(tabbed))];
  t.equal(found.text, expected.text);
  t.strictSame(found.refused, expected.refused);
  t.ok(found.refused.length > 50 && found.refused.length < 950, `${found.refused.length} refused`);
});
