import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import t from 'tap';

import { lockOutputs, planFiles } from '../../src/cli/convert/convert-files.js';
import { ByteSink } from '../../src/cli/convert/sink.js';
import { hasColumnarCrate } from '../../src/codec/index.js';
import { tryLock } from '../../src/journal/index.js';
import { SeededRandom } from '../../src/model/index.js';
import { HEADRACE, headraceText, scratchFolder } from '../support/headrace.js';
import { needs } from '../support/servers.js';

// Each case starts processes with threads; a busy machine takes seconds for one.
t.setTimeout(400_000);

const { at, file } = scratchFolder('convert');

const headrace = (...args: readonly string[]) => headraceText(args);

const convert = (...args: readonly string[]) => headrace('convert', '--workers', '2', ...args);

const COPYBOOK = file(
  'r.cpy',
  `       01 R.
          05 ID PIC 9(4).
          05 NAME PIC X(6).
          05 POS OCCURS 2.
             10 QTY PIC S9(3)V99 COMP-3.
             10 TAG PIC X.
          05 N PIC 9.
          05 MORE PIC 99 OCCURS 0 TO 3 DEPENDING ON N.
`,
);
const LINES = [
  '{"ID":1,"NAME":"AB,\\"C","POS":[{"QTY":-1.50,"TAG":"X"},{"QTY":0.00,"TAG":""}],"N":2,"MORE":[7,8]}',
  '{"ID":2,"NAME":"=1+2","POS":[{"QTY":123.45,"TAG":"-"},{"QTY":1.00,"TAG":"\'"}],"N":0,"MORE":[]}',
  '{"ID":3,"NAME":"\'=X","POS":[{"QTY":0.01,"TAG":"@"},{"QTY":-0.01,"TAG":"a"}],"N":3,"MORE":[1,2,3]}',
];
const JSONL = file('in.jsonl', `${LINES.join('\n')}\n`);

t.test(
  'groups become dotted columns of CSV, tables NAME[0], decimals keep their digits, formulas are text',
  async t => {
    t.match(convert('--copybook', COPYBOOK, JSONL, at('out.csv')), { status: 0, errors: [] });
    t.equal(
      readFileSync(at('out.csv'), 'utf8'),
      'ID,NAME,POS[0].QTY,POS[0].TAG,POS[1].QTY,POS[1].TAG,N,MORE[0],MORE[1],MORE[2]\n' +
        '1,"AB,""C",-1.50,X,0.00,"",2,7,8,\n' +
        "2,'=1+2,123.45,'-,1.00,',0,,,\n" +
        "3,''=X,0.01,'@,-0.01,a,3,1,2,3\n",
    );
  },
);

t.test('JSON lines, records of every format and CSV become each other without a change', async t => {
  convert('--copybook', COPYBOOK, JSONL, at('round.csv'));
  convert('--copybook', COPYBOOK, at('round.csv'), at('round.jsonl'));
  t.equal(readFileSync(at('round.jsonl'), 'utf8'), readFileSync(JSONL, 'utf8'));
  t.equal(convert('--copybook', COPYBOOK, at('round.csv'), at('round.dat'), '--format', 'rdw').status, 0);
  for (const format of ['vb', 'vbs', 'fixed'])
    t.equal(
      convert('--copybook', COPYBOOK, '--format', 'rdw', '--out-format', format, at('round.dat'), at(format)).status,
      0,
    );
  for (const format of ['vb', 'vbs', 'fixed']) {
    convert('--copybook', COPYBOOK, '--format', format, at(format), at(`${format}.jsonl`));
    t.equal(readFileSync(at(`${format}.jsonl`), 'utf8'), readFileSync(JSONL, 'utf8'));
    const encoded = headrace('encode', '--copybook', COPYBOOK, '--format', format, JSONL, '--out', at(`${format}.enc`));
    t.equal(encoded.status, 0);
    t.ok(readFileSync(at(format)).equals(readFileSync(at(`${format}.enc`))), `${format} has the bytes of encode`);
  }
});

t.test(
  'families of records are lists of structs in Parquet and Arrow; CSV has no place for them',
  needs(hasColumnarCrate() ? undefined : 'the columnar crate is not built'),
  async t => {
    const copybook = file(
      'family.cpy',
      `       01 HEAD.
          05 H-TYPE PIC X.
          05 DAY-OF PIC 9(3).
       01 LEG.
          05 L-TYPE PIC X.
          05 QTY PIC S9(2)V9 SIGN LEADING SEPARATE.
       01 FEE.
          05 F-TYPE PIC X.
          05 NAME PIC X(2).
`,
    );
    const options = file('family.yaml', 'children: { LEG: HEAD, FEE: LEG }\n');
    const data = file('family.dat', 'H001\nL+015\nFab\nFc\nL-020\nH002\n');
    const rules = ['H-TYPE=H:HEAD', 'L-TYPE=L:LEG', 'F-TYPE=F:FEE'].flatMap(rule => ['--select', rule]);
    const flags = ['--copybook', copybook, '--format', 'text', '--codepage', 'ascii', ...rules, '--options', options];
    const lines =
      '{"H-TYPE":"H","DAY-OF":1,"LEG":[{"L-TYPE":"L","QTY":1.5,"FEE":[{"F-TYPE":"F","NAME":"ab"},{"F-TYPE":"F","NAME":"c"}]},' +
      '{"L-TYPE":"L","QTY":-2.0,"FEE":[]}]}\n{"H-TYPE":"H","DAY-OF":2,"LEG":[]}\n';
    for (const form of ['jsonl', 'parquet', 'arrow']) {
      t.match(convert(...flags, data, at(`family.${form}`)), { status: 0, errors: [] }, form);
      if (form !== 'jsonl') convert(at(`family.${form}`), at(`family-${form}.jsonl`));
      t.equal(readFileSync(at(form === 'jsonl' ? 'family.jsonl' : `family-${form}.jsonl`), 'utf8'), lines, form);
    }
    t.equal(headrace('encode', ...flags, at('family-parquet.jsonl'), '--out', at('family.again')).status, 0);
    t.ok(readFileSync(at('family.again')).equals(readFileSync(data)), 'and records again');
    const csv = convert(...flags, data, at('family.csv'));
    t.match(csv.errors[0], /a row of CSV has no place for .*: write jsonl, parquet or arrow/);
  },
);

t.test('a table of CSV has as many elements as the copybook says, those without a cell null', async t => {
  const csv = file(
    'table.csv',
    'ID,POS[0].QTY,POS[0].TAG,POS[1].QTY,POS[1].TAG,N,MORE[0],MORE[1],MORE[2]\n1,1.50,X,,,3,7,,\n',
  );
  const flags = ['--copybook', COPYBOOK, '--out-format', 'rdw', csv];
  const refused = convert(...flags, at('table.dat'));
  t.match(refused.errors[0], /"field":"MORE\(2\)".*"code":"missingValue"/);
  t.equal(convert(...flags, '--nulls', 'default', at('table.dat')).status, 0);
  convert('--copybook', COPYBOOK, '--format', 'rdw', at('table.dat'), at('table.jsonl'));
  t.equal(
    readFileSync(at('table.jsonl'), 'utf8'),
    '{"ID":1,"NAME":"","POS":[{"QTY":1.50,"TAG":"X"},{"QTY":0.00,"TAG":""}],"N":3,"MORE":[7,0,0]}\n',
  );
});

t.test(
  'one run at a time writes an output: another is told which process does, a dead one’s lock is taken over',
  async t => {
    const args = ['--copybook', COPYBOOK, JSONL, at('locked.csv')];
    const unlock = tryLock(`${at('locked.csv')}.lock`) as () => void;
    t.match(convert(...args), {
      status: 78,
      errors: [
        new RegExp(`another headrace convert, process ${process.pid}, writes this output .*locked\\.csv\\.lock`),
      ],
    });
    unlock();
    file('locked.csv.lock', '4194305 00 1 0');
    t.equal(convert(...args).status, 0);
    t.notOk(existsSync(`${at('locked.csv')}.lock`));
  },
);

t.test('a run into a folder keeps others from each of its files, and a file that is taken away is told', async t => {
  mkdirSync(at('held'));
  const unlock = lockOutputs(planFiles([JSONL], at('held'), 'csv'));
  const other = planFiles([JSONL], at('held/in.csv'), 'csv');
  t.throws(() => lockOutputs(other), { code: 'HR_OUTPUT', message: /writes this output \(.*held\/in\.csv\.lock\)/ });
  unlock();
  const ours = lockOutputs(other);
  t.throws(() => lockOutputs(planFiles([JSONL], `${at('held')}/`, 'csv')), { code: 'HR_OUTPUT' });
  t.strictSame(readdirSync(at('held')), ['in.csv.lock'], 'a run that is refused leaves no lock');
  t.notOk(existsSync(at('held.lock')));
  ours();
  const sink = new ByteSink(at('held/gone'));
  rmSync(at('held/gone.part'));
  t.throws(() => sink.finish(), { name: 'OutputError', code: 'HR_OUTPUT', message: /gone cannot be written: ENOENT/ });
});

t.test(
  'Parquet and Arrow are written with the copybook as types and read back to the same records',
  needs(hasColumnarCrate() ? undefined : 'the columnar crate is not built'),
  async t => {
    convert('--copybook', COPYBOOK, '--format', 'rdw', JSONL, at('columns.dat'));
    for (const form of ['parquet', 'arrow']) {
      t.match(convert('--copybook', COPYBOOK, '--format', 'rdw', at('columns.dat'), at(`c.${form}`)), {
        status: 0,
        errors: [],
      });
      t.equal(convert('--copybook', COPYBOOK, '--format', 'rdw', at(`c.${form}`), at(`back-${form}.dat`)).status, 0);
      t.ok(readFileSync(at(`back-${form}.dat`)).equals(readFileSync(at('columns.dat'))), form);
    }
    t.match(convert(JSONL, at('untyped.parquet')), { status: 78, errors: [/parquet needs types/] });
  },
);

t.test(
  'columns of records of one length hold what their JSON lines hold, and bad records are told alike',
  needs(hasColumnarCrate() ? undefined : 'the columnar crate is not built'),
  async t => {
    const copybook = file(
      'one.cpy',
      `       01 R.
          05 KIND PIC X.
          05 NAME PIC X(7).
          05 AMOUNT PIC S9(5)V99 COMP-3 OCCURS 2.
          05 TEXT-VIEW PIC X(4).
          05 NUMBER-VIEW REDEFINES TEXT-VIEW PIC 9(4).
          05 LARGE PIC S9(20)V99.
`,
    );
    const random = new SeededRandom(31);
    const records = Array.from({ length: 3000 }, (_, index) => {
      const [number, view] = [random.below(100_000), random.below(2) === 0 ? '1234' : 'text'];
      const packed = Buffer.from(`${String(number).padStart(7, '0')}c`, 'hex');
      const record = [`${index % 10}NAME   `, packed, packed, `${view}${String(number).padStart(22, '0')}`];
      if (random.below(100) === 0) record[1] = 'bad!';
      return Buffer.concat(record.map(part => Buffer.from(part)));
    });
    const bytes = Buffer.concat([...records, Buffer.from('rest')]);
    const run = (form: string, ...flags: readonly string[]) => {
      const letters = at(`bad.${form}`);
      const all = ['--copybook', copybook, '--codepage', 'ascii', '--dead-letter', letters, ...flags];
      const ran = convert(...all, file('one.dat', bytes), at(`one.${form}`));
      return { status: ran.status, errors: ran.errors, bad: readFileSync(letters) };
    };
    const lines = (form: string): string => {
      convert('--copybook', copybook, at(`one.${form}`), at(`one-${form}.jsonl`));
      return readFileSync(at(`one-${form}.jsonl`), 'utf8');
    };
    const expected = run('jsonl');
    t.ok(expected.status === 1 && expected.errors.length > 15, `${expected.errors.length} refused`);
    const found = { parquet: run('parquet'), arrow: run('arrow', '--native', 'off') };
    for (const form of ['parquet', 'arrow'] as const) {
      t.strictSame(found[form], expected, form);
      t.equal(lines(form), readFileSync(at('one.jsonl'), 'utf8'), form);
    }
    const stopped = run('jsonl', '--on-error', 'fail');
    t.strictSame(run('parquet', '--on-error', 'fail'), stopped);
  },
);

t.test(
  'the file of Parquet is the same whatever the number of workers, which make its row groups',
  needs(hasColumnarCrate() ? undefined : 'the columnar crate needs cargo'),
  async t => {
    const copybook = file('groups.cpy', '       01 R.\n          05 K PIC X(56).\n          05 N PIC S9(15) COMP-3.\n');
    const bytes = Buffer.alloc(64 * 250_000, 'x');
    for (let index = 0; index < 250_000; index++)
      bytes.write(`${String(index).padStart(15, '0')}c`, index * 64 + 56, 'hex');
    bytes.write('ffff', 64 * 123_456 + 56, 'hex');
    const data = file('groups.dat', bytes);
    const flags = ['--copybook', copybook, '--codepage', 'ascii'];
    const files = ['1', '2', '3'].map(workers => {
      const out = at(`groups-${workers}.parquet`);
      const { status, errors } = headrace('convert', '--workers', workers, ...flags, data, out);
      t.strictSame([status, errors.length], [1, 1], `${workers} workers`);
      t.match(errors[0], /"record":123457,.*"field":"N"/);
      return readFileSync(out);
    });
    t.ok(files.every(found => found.equals(files[0]!)));
    convert(...flags, data, at('groups.jsonl'));
    convert('--copybook', copybook, at('groups-3.parquet'), at('groups-back.jsonl'));
    t.ok(readFileSync(at('groups-back.jsonl')).equals(readFileSync(at('groups.jsonl'))));
  },
);

t.test('records of cp037 become records of ASCII with its signs and floats, and come back', async t => {
  const copybook = file(
    'page.cpy',
    '       01 R.\n          05 A PIC S9(3).\n          05 B PIC X(3).\n          05 C COMP-2.\n',
  );
  const lines = file('page.jsonl', '{"A":-120,"B":"xyz","C":1.5}\n{"A":7,"B":"","C":-2}\n');
  t.equal(convert('--copybook', copybook, lines, at('page.ebc')).status, 0);
  const there = ['--copybook', copybook, '--out-codepage', 'ascii', '--out-format', 'rdw'];
  t.equal(convert(...there, at('page.ebc'), at('page.asc')).status, 0);
  t.equal(
    readFileSync(at('page.asc')).toString('hex'),
    '00120000' + '313270' + '78797a' + '000000000000f83f' + '00120000' + '303037' + '202020' + '00000000000000c0',
  );
  const back = [
    '--copybook',
    copybook,
    '--codepage',
    'ascii',
    '--format',
    'rdw',
    '--out-codepage',
    'cp037',
    '--out-format',
    'fixed',
  ];
  t.equal(convert(...back, at('page.asc'), at('page.back')).status, 0);
  t.ok(readFileSync(at('page.back')).equals(readFileSync(at('page.ebc'))));
});

t.test('bad records are told with their place, go to the dead-letter file, and the exit code is 1', async t => {
  const copybook = file('one.cpy', '       01 R.\n          05 A PIC 9(3).\n');
  const data = file('one.dat', '001x02003');
  const found = convert(
    '--copybook',
    copybook,
    '--codepage',
    'ascii',
    '--dead-letter',
    at('dead'),
    '--json',
    data,
    at('one.csv'),
  );
  t.equal(found.status, 1);
  t.match(JSON.parse(found.out), {
    records: 3,
    bad: 1,
    inputs: 1,
    resumed: false,
    outputs: [{ path: at('one.csv'), sizeBytes: 6 }],
  });
  t.match(JSON.parse(found.errors[0]!), { record: 2, offset: 3, field: 'A', code: 'badDigit' });
  t.equal(readFileSync(at('dead'), 'latin1'), 'x02');
  t.equal(readFileSync(at('one.csv'), 'utf8'), 'A\n1\n3\n');
  const narrow = file('narrow.cpy', '       01 R.\n          05 A PIC 99.\n');
  const cut = convert(
    '--copybook',
    copybook,
    '--codepage',
    'ascii',
    '--out-copybook',
    narrow,
    '--dead-letter',
    at('dead2'),
    file('wide.dat', '001x02345006'),
    at('narrow.dat'),
  );
  t.equal(cut.status, 1);
  t.match(
    cut.errors.map(line => JSON.parse(line)),
    [
      { record: 2, code: 'badDigit' },
      { record: 3, code: 'digitsOverflow', field: 'A', message: /^record 3, A:/ },
    ],
  );
  t.equal(readFileSync(at('narrow.dat'), 'latin1'), '0106');
  t.equal(readFileSync(at('dead2'), 'latin1'), 'x02345');
});

t.test('lines that do not fit are refused with their line, and kept as they were', async t => {
  const lines = file('bad.jsonl', '{"ID":1}\n\n{"NOPE":1}\nnot json\n{"ID":2}\n');
  const found = convert(
    '--copybook',
    COPYBOOK,
    '--format',
    'rdw',
    '--dead-letter',
    at('dead-lines'),
    lines,
    at('bad.dat'),
  );
  t.equal(found.status, 1);
  t.match(
    found.errors.map(line => JSON.parse(line)),
    [
      { record: 2, line: 3, code: 'unknownMember' },
      { record: 3, line: 4, code: 'badJson' },
    ],
  );
  t.equal(readFileSync(at('dead-lines'), 'utf8'), '{"NOPE":1}\nnot json\n');
});

t.test('patterns into a folder: a file for each input; into a file: one after the other', async t => {
  const copybook = file('two.cpy', '       01 R.\n          05 A PIC 9(2).\n');
  mkdirSync(at('days/more'), { recursive: true });
  file('days/b.dat', '0304');
  file('days/more/a.dat', '0102');
  const args = ['--copybook', copybook, '--codepage', 'ascii', at('days/**/*.dat')];
  t.equal(convert(...args, '--to', 'jsonl', `${at('out')}/`).status, 0);
  t.strictSame(readdirSync(at('out')).sort(), ['a.jsonl', 'b.jsonl']);
  t.equal(readFileSync(at('out/a.jsonl'), 'utf8'), '{"A":1}\n{"A":2}\n');
  t.equal(convert(...args, at('all.csv')).status, 0);
  t.equal(readFileSync(at('all.csv'), 'utf8'), 'A\n3\n4\n1\n2\n');
});

t.test('what cannot be converted is refused before anything is written', async t => {
  chmodSync(file('kept.csv', 'kept'), 0o444);
  const cases: readonly (readonly [readonly string[], RegExp, number?])[] = [
    [[JSONL, at('kept.csv')], /kept\.csv cannot be written: it is read-only/],
    [[JSONL], /name the inputs and then the output/],
    [[at('none.dat'), at('x.csv')], /none\.dat cannot be read: it is not there/, 66],
    [[JSONL, at('x.dat')], /does not tell its form/],
    [[JSONL, JSONL], /is an input/],
    [[JSONL, '-'], /no standard input or output \(-\): decode and encode do; a file of this name is \.\/-$/],
    [['--from', 'jsonl', '-', at('x.csv')], /no standard input or output \(-\)/],
    [[JSONL, '--to', 'copybook', at('x.dat')], /--copybook/],
    [[at('no*.dat'), at('x.csv')], /no file matches/, 66],
  ];
  for (const [args, words, code = 78] of cases) {
    const { status, errors } = convert(...args);
    t.equal(status, code, args.join(' '));
    t.match(errors[0], words);
  }
  t.notOk(existsSync(at('x.csv')));
  t.equal(readFileSync(at('kept.csv'), 'utf8'), 'kept');
});

const later = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

/** About 12 MB of records, of which some are bad: two seconds and more in one worker on any machine. */
function manyRecords(): string {
  const random = new SeededRandom(9);
  const records = Array.from({ length: 4000 }, (_, index) => {
    const digits = Array.from({ length: 30 }, () => String(random.below(1_000_000_000)).padStart(9, '0')).join('');
    return `${String(index).padStart(5, '0')}${random.below(500) === 0 ? 'x' : '0'}${digits}`;
  }).join('');
  return file('many.dat', records.repeat(16));
}

t.test('a run that is killed at any moment goes on, and its files are those of a run that was not', async t => {
  const copybook = file('many.cpy', '       01 R.\n          05 ID PIC 9(6).\n          05 V PIC 9(7)V99 OCCURS 30.\n');
  const data = manyRecords();
  const second = file('second.dat', readFileSync(data).subarray(0, 276 * 4000));
  const random = new SeededRandom(3);
  for (const [form, ...flags] of [['jsonl'], ['csv'], ['dat', '--out-format', 'rdw']] as const) {
    const args = (out: string): string[] => [
      'convert',
      '--copybook',
      copybook,
      '--codepage',
      'ascii',
      '--workers',
      '1',
      ...flags,
      '--dead-letter',
      at(`${out}.bad`),
      data,
      second,
      at(`${out}.${form}`),
    ];
    t.equal(headrace(...args('whole')).status, 1);
    for (let round = 0; round < 3; round++) {
      const child = spawn(process.execPath, [HEADRACE, ...args('killed')], { stdio: 'ignore' });
      const exit = new Promise<void>(resolve => child.once('exit', () => resolve()));
      // Where a run stands is first written down when it has done something.
      while (child.exitCode === null && !existsSync(at(`killed.${form}.resume`))) await later(20);
      await later(random.below(600));
      child.kill('SIGKILL');
      await exit;
    }
    const isUnfinished = existsSync(at(`killed.${form}.resume`));
    // Killed between the renaming of the file and the end of its state, a run has nothing left to go on with.
    const isBegun = existsSync(at(`killed.${form}.part`));
    const last = headrace(...args('killed'), '--json');
    const { resumed } = JSON.parse(last.out) as { resumed: boolean };
    if (isBegun === isUnfinished) t.equal(resumed, isUnfinished);
    t.ok(readFileSync(at(`killed.${form}`)).equals(readFileSync(at(`whole.${form}`))), form);
    t.ok(readFileSync(at('killed.bad')).equals(readFileSync(at('whole.bad'))), `${form}: dead letters`);
    t.notOk(existsSync(at(`killed.${form}.resume`)), 'the state is gone');
    t.notOk(existsSync(at(`killed.${form}.part`)));
  }
});

t.test('a state of another run, or of files that changed since, is not gone on with', async t => {
  const copybook = file('s.cpy', '       01 R PIC 9.\n');
  const data = file('s.dat', '123');
  const state = {
    version: 1,
    key: 'another',
    done: [],
    tasks: 5,
    sizeBytes: 2,
    deadLetterBytes: 0,
    records: 9,
    bad: 0,
    bytes: 9,
  };
  file('s.jsonl.resume', JSON.stringify(state));
  file('s.jsonl.part', 'xxxx');
  const found = convert('--copybook', copybook, '--codepage', 'ascii', '--json', data, at('s.jsonl'));
  t.match(JSON.parse(found.out), { resumed: false, records: 3 });
  t.equal(readFileSync(at('s.jsonl'), 'utf8'), '{"R":1}\n{"R":2}\n{"R":3}\n');
});
