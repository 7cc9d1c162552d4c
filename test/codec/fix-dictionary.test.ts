import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

import {
  FIX_VERSIONS,
  REJECT_REASON,
  applVerIdOf,
  builtInDictionaries,
  hasFormat,
  openDictionaryFolder,
  parseDictionaryTable,
  tableFromQuickFixXml,
  VALUE_FORMAT,
} from '../../src/codec/index.js';
import { fixAcceptanceFolder } from '../support/fix-acceptance.js';
import { projectRoot } from '../support/project.js';

const XML = `<?xml version='1.0'?><!-- a <comment> -->
<fix type="FIX" major='4' minor='4' servicepack='0'>
 <header><field name='BeginString' required='Y'/></header><trailer><field name="CheckSum" required='Y'/></trailer>
 <messages><message name='Order' msgtype='D' msgcat='app'>
   <field name='ClOrdID' required='Y'/><component name='Parties' required='N'/>
   <group name='NoAllocs' required='Y'><field name='AllocAccount' required='Y'/></group>
 </message></messages>
 <components><component name='Parties'><field name='PartyID' required='Y'/></component></components>
 <fields><field number='8' name='BeginString' type='STRING'/><field number='10' name='CheckSum' type='STRING'/>
  <field number='11' name='ClOrdID' type='STRING'/><field number='448' name='PartyID' type='STRING'/>
  <field number='78' name='NoAllocs' type='NUMINGROUP'/><field number='79' name='AllocAccount' type='CHAR'>
   <value enum='A' description='ONE'/><value enum='B&amp;C' description='TWO'/><value enum='Some words' description='x'/></field>
 </fields></fix>`;

const TABLE = `fix FIX.4.4
header 8!
trailer 10!
component Parties 448!
message D Order 11! @Parties 78! ( 79! )
field 8 BeginString STRING
field 10 CheckSum STRING
field 11 ClOrdID STRING
field 448 PartyID STRING
field 78 NoAllocs NUMINGROUP
field 79 AllocAccount CHAR A B&C
`;

t.test('a QuickFIX dictionary becomes a table of facts, and the table a dictionary', async t => {
  t.equal(tableFromQuickFixXml(XML), TABLE);
  const dictionary = parseDictionaryTable(TABLE);
  const order = dictionary.message('D');
  t.strictSame(order?.required, [11, 78], 'a field required in an optional component is not');
  t.ok(order?.members.has(448));
  t.notOk(order?.members.has(79), 'a member of a group stands in the group only');
  t.strictSame(order?.groups.get(78)?.required, [79]);
  t.equal(dictionary.field(79)?.values?.has('B&C'), true);
  t.equal(dictionary.message('8'), undefined);
});

t.test('every built-in version has its session messages or orders', async t => {
  for (const version of FIX_VERSIONS) {
    const dictionary = builtInDictionaries(version);
    t.equal(dictionary?.version, version);
    t.ok(dictionary?.message(version === 'FIXT.1.1' ? 'A' : 'D'), version);
  }
  t.equal(builtInDictionaries('FIX.3.9'), undefined);
  t.equal(applVerIdOf('FIX.5.0SP2'), '9');
});

t.test('a dictionary that is not right is refused with its place', async t => {
  const rows: readonly [string, RegExp][] = [
    [XML.replace('</messages>', ''), /closes nothing/],
    [XML.replace("name='ClOrdID' required", "name='NoSuch' required"), /field NoSuch and does not define it/],
    [
      XML.replace("<component name='Parties' required='N'/>", "<component name='Gone' required='N'/>"),
      /component Gone/,
    ],
    [XML.replace("<field name='PartyID' required='Y'/>", "<component name='Parties'/>"), /nested deeper/],
    [XML.replace("msgtype='D'", ''), /no attribute msgtype/],
    ['', /not closed/],
    ['<a>'.repeat(100), /nested deeper than 64/],
  ];
  for (const [xml, message] of rows) t.throws(() => parseDictionaryTable(tableFromQuickFixXml(xml)), { message });
  t.throws(() => parseDictionaryTable('message D Order 11 ( 12\n'), { code: 'HR_FIX_DICTIONARY', message: /line 1/ });
  t.throws(() => parseDictionaryTable('fix X\nmessage D Order abc\n'), { message: /line 2: abc is no field number/ });
});

t.test('a folder of dictionaries stands before those built in', async t => {
  const folder = t.testdir({ 'mine.xml': XML });
  const dictionaries = openDictionaryFolder(folder);
  t.strictSame(dictionaries('FIX.4.4')?.msgTypes(), ['D']);
  t.ok(dictionaries('FIX.4.2')?.message('8'));
  t.throws(() => openDictionaryFolder(join(folder, 'none')), { code: 'HR_FIX_DICTIONARY' });
  mkdirSync(join(folder, 'empty'));
  t.throws(() => openDictionaryFolder(join(folder, 'empty')), { message: /no \*\.xml/ });
  writeFileSync(join(folder, 'empty', 'bad.xml'), '<fix>');
  t.throws(() => openDictionaryFolder(join(folder, 'empty')), { message: /bad\.xml: .*not closed/ });
});

t.test('each format takes what the standard allows and nothing else', async t => {
  const rows: readonly [keyof typeof VALUE_FORMAT, readonly string[], readonly string[]][] = [
    ['character', ['a', '|'], ['', 'ab']],
    ['integer', ['0', '-5', '007', '9'.repeat(19)], ['', '-', '+1', '1.0', '9'.repeat(20)]],
    ['decimal', ['1', '-1.5', '.5', '5.', '002000.00'], ['', '.', '-', '+200.00', '1e5', '1.2.3']],
    ['boolean', ['Y', 'N'], ['', 'y', 'YN']],
    [
      'timestamp',
      ['20260102-03:04:05', '20260102-23:59:60.123456789'],
      ['20040415', '20261302-03:04:05', '20260102-24:00:00'],
    ],
    ['date', ['20260102'], ['20260132', '2026010']],
    ['time', ['03:04:05', '03:04:05.123'], ['3:04:05', '03:60:05', '03:04:05.']],
    ['text', ['', 'anything'], []],
  ];
  for (const [format, right, wrong] of rows) {
    const has = (text: string) => hasFormat(VALUE_FORMAT[format], Buffer.from(text), 0, text.length);
    for (const text of right) t.ok(has(text), `${format} ${text}`);
    for (const text of wrong) t.notOk(has(text), `${format} ${text}`);
  }
  t.equal(REJECT_REASON.incorrectNumInGroup, 16);
});

const folder = fixAcceptanceFolder();

t.test(
  'the built-in tables are what the generator writes',
  { skip: folder === undefined && 'no dictionaries here' },
  async t => {
    const dictionaries = join(folder!, 'dictionaries');
    const tables = join(projectRoot, 'src', 'codec', 'fix', 'dictionary', 'tables');
    for (const file of readdirSync(dictionaries).filter(name => name.endsWith('.xml'))) {
      const table = tableFromQuickFixXml(readFileSync(join(dictionaries, file), 'utf8'));
      const version = /^fix (\S+)/.exec(table)?.[1] ?? '';
      t.equal(readFileSync(join(tables, `${version}.txt`), 'utf8') === table, true, version);
    }
  },
);

t.test('a dictionary is extended by custom fields, required and forbidden ones, and stays as it is', async t => {
  const standard = builtInDictionaries('FIX.4.4')!;
  const desk = { tag: 20_001, name: 'Desk', type: 'STRING', values: ['EQ'] };
  const order = { msgType: 'D', added: [20_001], required: [1, 20_001], forbidden: [78] };
  const extended = standard.extended([desk], [order, { ...order, msgType: 'no such' }]);
  const layout = extended.message('D')!;
  const before = standard.message('D')!;
  t.same(
    layout.required.filter(tag => !before.required.includes(tag)),
    [1, 20_001],
  );
  t.equal(layout.members.has(78), false, 'a group goes with its counter');
  t.equal(layout.groups.has(78), false);
  t.equal(layout.members.size, before.members.size, 'components are as they were: one more, one less');
  t.match(extended.field(20_001), { name: 'Desk', values: new Set(['EQ']) });
  t.same([...extended.message('8')!.members], [...standard.message('8')!.members]);
  t.equal(standard.field(20_001), undefined);
  for (const msgType of standard.msgTypes()) {
    const plain = standard.extended([], [{ msgType, added: [], required: [], forbidden: [] }]).message(msgType)!;
    t.same(plain, standard.message(msgType), msgType);
  }
});
