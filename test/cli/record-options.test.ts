import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import t from 'tap';

import { addRecordOptions, readRecordOptions, type RecordFlags } from '../../src/cli/record-options.js';
import { scratchFolder } from '../support/headrace.js';

const { folder, file } = scratchFolder('record-options');
const COPYBOOK = file('r.cpy', '       01 R PIC X.\n');

function read(...args: string[]): ReturnType<typeof readRecordOptions> {
  const command = addRecordOptions(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  command.parse(['--copybook', COPYBOOK, ...args], { from: 'user' });
  return readRecordOptions(command.opts<RecordFlags>());
}

t.test('the flags alone describe records of one length on code page 037', async t => {
  const { file: described } = await read();
  t.type(described.copybook.readCopy, 'function');
  t.strictSame(JSON.parse(JSON.stringify({ file: described })), {
    file: {
      copybook: {
        file: COPYBOOK,
        text: '       01 R PIC X.\n',
        codePage: 'cp037',
        sourceFormat: 'auto',
        binarySize: '2-4-8',
        nativeEndian: 'little',
        trunc: 'std',
        odo: 'slide',
      },
      framing: { format: 'fixed' },
      selection: {},
      policies: { onError: 'skip', keepRaw: false },
    },
  });
  t.equal((await read('--format', 'v')).file.framing?.format, 'rdw');
});

t.test('--select takes FIELD=VALUE:RECORD again and again, and VALUE may hold = and :', async t => {
  const { file: found } = await read('--select', 'TYPE=H:HEAD', '--select', 'KEY=a=b:c:DETAIL');
  t.strictSame(found.selection?.select, [
    { record: 'HEAD', when: [{ TYPE: ['H'] }] },
    { record: 'DETAIL', when: [{ KEY: ['a=b:c'] }] },
  ]);
  t.throws(() => read('--select', 'TYPE:HEAD'), /Expected FIELD=VALUE:RECORD/);
});

t.test('--options reads what has no flag: descriptor words, places, values, lists and ranges', async t => {
  const options = file(
    'all.yaml',
    `rdw: { adjustment: 4 }
header: { record: HEAD }
trailer: { record: TAIL, count: 2 }
select:
  - record: DETAIL
    when: { TYPE: [D, 7], KEY: { from: 10, to: 19 } }
children: { DETAIL: HEAD }
trim: none
deadLetter: bad.dat
`,
  );
  const { file: described, deadLetter } = await read('--options', options);
  t.strictSame(described.framing, { format: 'fixed', rdw: { adjustment: 4 } });
  t.strictSame(described.selection, {
    select: [{ record: 'DETAIL', when: [{ TYPE: ['D', '7'], KEY: [{ from: '10', to: '19' }] }] }],
    header: { record: 'HEAD', count: 1 },
    trailer: { record: 'TAIL', count: 2 },
  });
  t.strictSame(described.policies, { onError: 'skip', keepRaw: false, trim: 'none', children: { DETAIL: 'HEAD' } });
  t.equal(deadLetter, join(folder, 'bad.dat'));
});

t.test('an unknown key of --options is refused at its line and column with what was probably meant', async t => {
  const options = file('bad.yaml', 'trim: right\nrdw:\n  adjustmet: 4\n  size: 9\n');
  await t.rejects(read('--options', options), {
    code: 'HR_CONFIG_INVALID',
    message: new RegExp(`${options}:3:3: rdw.adjustmet: unknown key; did you mean \`adjustment\`\\?`),
  });
  await t.rejects(read('--options', options), { message: /bad\.yaml:4:9: rdw\.size: must be at most 8/ });
});

t.test('COPY is found on --copy-path in its order, by ending and letter case, then beside the copybook', async t => {
  mkdirSync(join(folder, 'lib'));
  mkdirSync(join(folder, 'lib', 'common'));
  file('lib/addr.cpy', '          05 A PIC X.\n');
  file('lib/common/NAME.CBL', '          05 N PIC X.\n');
  file('beside', '          05 B PIC X.\n');
  const { file: found } = await read('--copy-path', join(folder, 'none'), '--copy-path', join(folder, 'lib'));
  const { readCopy } = found.copybook;
  t.match(readCopy?.('ADDR', undefined), { file: join(folder, 'lib', 'addr.cpy'), text: /05 A/ });
  t.match(readCopy?.('NAME', 'COMMON'), { file: join(folder, 'lib', 'common', 'NAME.CBL') });
  t.match(readCopy?.('BESIDE', undefined), { file: join(folder, 'beside') });
  t.equal(readCopy?.('NONE', undefined), undefined);
});
