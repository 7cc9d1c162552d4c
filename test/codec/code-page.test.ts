import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

import { CODE_PAGES, codePage } from '../../src/codec/index.js';
import { projectRoot } from '../support/project.js';
import { needs } from '../support/servers.js';

const hasIconv = spawnSync('iconv', ['--version']).stdout?.toString().includes('GLIBC') === true;

t.test(
  'every single-byte page is invertible on all 256 bytes, has the digits in place and the letters of a copybook',
  async t => {
    for (const name of CODE_PAGES) {
      const page = codePage(name);
      if (page.form === 'mixed') continue;
      t.equal(page.fromUnicode.size, 256, name);
      t.equal(page.toUnicode[page.ebcdic ? 0xf7 : 0x37], 0x37, `7 of ${name}`);
      t.equal(page.toUnicode[page.ebcdic ? 0x40 : 0x20], 0x20, `space of ${name}`);
      for (const character of '0123456789+-. ABCXYZ') t.ok(page.fromUnicode.has(character.charCodeAt(0)), character);
    }
  },
);

t.test('a mixed page gives the pairs that Java and iconv write', async t => {
  // Page, pair, character: `printf CHARACTER | iconv -t IBM930`, and Java's getBytes("x-IBM930").
  const rows: readonly [string, number, string][] = [
    ['cp930', 0x4562, '日'],
    ['cp939', 0x4566, '本'],
    ['cp933', 0xd065, '한'],
    ['cp1364', 0x8a82, '국'],
    ['cp935', 0x5bcf, '中'],
    ['cp1388', 0x4d9b, '国'],
    ['cp937', 0x5f77, '臺'],
    ['cp1371', 0x68a3, '灣'],
  ];
  for (const [name, pair, character] of rows) {
    const { pairs, fromUnicode, form } = codePage(name);
    t.equal(form, 'mixed');
    t.equal(pairs?.toUnicode[pair], character.charCodeAt(0), `${name} ${pair.toString(16)}`);
    t.equal(pairs?.fromUnicode[character.charCodeAt(0)], pair);
    t.equal(pairs?.toUnicode[0x4040], 0x3000, 'the space of pairs');
    t.strictSame([fromUnicode.has(0x0e), fromUnicode.has(0x0f)], [false, false], 'a shift is no character');
  }
  t.equal(codePage('cp937').pairs?.fromUnicode[0x4e00], 0x4c41, 'of 4841 and 4C41, both 一, the last is written');
});

t.test('a page is found by the names people write', async t => {
  const names: readonly [string, string][] = [
    ['037', 'cp037'],
    ['37', 'cp037'],
    ['CP37', 'cp037'],
    ['IBM037', 'cp037'],
    ['ibm-037', 'cp037'],
    ['x-IBM1025', 'cp1025'],
    ['IBM01140', 'cp1140'],
    ['IBM-1140', 'cp1140'],
    ['CCSID 1140', 'cp1140'],
    ['ebcdic-cp-us', 'cp037'],
    ['EBCDIC-DE-273+euro', 'cp1141'],
    ['IBM-Thai', 'cp838'],
    ['latin1', 'iso-8859-1'],
    ['ISO-8859-1', 'iso-8859-1'],
    ['ISO_8859-1', 'iso-8859-1'],
    ['ibm-819', 'iso-8859-1'],
    ['US-ASCII', 'ascii'],
    ['windows-1252', 'cp1252'],
    ['UTF8', 'utf-8'],
    ['x-IBM930', 'cp930'],
  ];
  for (const [written, name] of names) t.equal(codePage(written).name, name, written);
  t.throws(() => codePage('cp9'), {
    code: 'HR_CODE_PAGE',
    message: /code page cp9 is not known; there are cp037, cp273, /,
  });
});

t.test('points of the national pages are those that glibc, Java and Python agree on', async t => {
  // Page, byte, character: as glibc and Java give them, and Python where it knows the page.
  const rows: readonly [string, number, string][] = [
    ['cp273', 0x4a, 'Ä'],
    ['cp277', 0x5b, 'Å'],
    ['cp284', 0x7b, 'Ñ'],
    ['cp285', 0x5b, '£'],
    ['cp297', 0xc0, 'é'],
    ['cp424', 0x41, 'א'],
    ['cp838', 0x42, 'ก'],
    ['cp870', 0xbb, 'Ń'],
    ['cp875', 0x41, 'Α'],
    ['cp1025', 0xdd, 'Я'],
    ['cp1026', 0x5b, 'İ'],
    ['cp1141', 0x9f, '€'],
    ['cp1148', 0x9f, '€'],
    ['cp1252', 0x80, '€'],
  ];
  for (const [name, byte, character] of rows)
    t.equal(String.fromCharCode(codePage(name).toUnicode[byte]!), character, `${name} 0x${byte.toString(16)}`);
});

t.test('a byte that glibc gives no character has a private one of its own', async t => {
  t.equal(codePage('cp424').toUnicode[0x70], 0xf770);
  t.equal(codePage('cp838').fromUnicode.get(0xf700 + 0x51), 0x51, 'of two bytes with one Thai character one keeps it');
});

t.test(
  'the tables say what glibc says, and differ from Java and Python where the list says so',
  needs(hasIconv ? undefined : "glibc's iconv is not installed"),
  async t => {
    const { status, stderr } = spawnSync('node', [join(projectRoot, 'scripts', 'generate-codepages.mjs'), '--check']);
    t.equal(status, 0, String(stderr));
  },
);

t.test('each point where Java or Python differs from a single-byte page is in docs/copybook.md', async t => {
  const docs = readFileSync(join(projectRoot, 'docs', 'copybook.md'), 'utf8');
  const rows = readFileSync(join(projectRoot, 'test', 'golden', 'code-pages', 'differences.txt'), 'utf8').trim();
  for (const row of rows.split('\n')) {
    const [page = '', byte = '', ours = '', program, theirs = ''] = row.split(' ');
    if (program === 'glibc' || byte.length > 2 || theirs === 'none' || ours.startsWith('f7')) continue;
    if (byte === '15' && theirs === '000a') continue; // one row of the table says it of every page
    const found = docs
      .split('\n')
      .some(line => line.startsWith(`| ${page} | 0x${byte} `) && line.includes(theirs.toUpperCase()));
    t.ok(found, row);
  }
});
