// Writes the code pages from glibc's iconv: src/codec/record/code-page-tables.ts (one byte each) and double-byte/pages.br (two), and the
// list of points where Java, Python or glibc itself differ, test/golden/code-pages/differences.txt. `--check` compares instead of writing.
// Needs glibc's iconv; python3 and java (17 or later) are asked where they are, and their lines stay as they were where they are not.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';

import { has, root } from './run.mjs';

const TABLES = join(root, 'src', 'codec', 'record', 'code-page-tables.ts');
const DOUBLE_BYTE = join(root, 'src', 'codec', 'record', 'double-byte', 'pages.br');
const DIFFERENCES = join(root, 'test', 'golden', 'code-pages', 'differences.txt');

const SINGLE =
  '037 273 277 278 280 284 285 297 420 424 500 838 870 871 875 880 905 1025 1026 1047 1097 1112 1122 1123 1130 1137 1140 1141 1142 1143 1144 1145 1146 1147 1148 1149 1153 1154 1155 1156 1157 1158 1160 1164 1166 4971 12712 16804';
// Pages of one double-byte set stand beside each other: they compress to little more than one.
const MIXED = '930 939 933 1364 935 1388 937 1371'.split(' ');
const PYTHON_KNOWS = new Set(['037', '273', '424', '500', '875', '1026', '1140']);

const PAGES = [
  ...SINGLE.split(' ').map(number => ({
    name: `cp${number}`,
    // glibc knows 838 by the number of its later edition; Java's 838 is the same on every point.
    iconv: number === '838' ? 'IBM9030' : `IBM${number}`,
    java: number === '838' ? 'IBM-Thai' : number.startsWith('114') ? `IBM0${number}` : `Cp${number}`,
    python: PYTHON_KNOWS.has(number) ? `cp${number}` : undefined,
  })),
  ...MIXED.map(number => ({ name: `cp${number}`, iconv: `IBM${number}`, java: `Cp${number}`, mixed: true })),
  { name: 'ascii', iconv: 'ISO-8859-1', python: 'latin-1', java: 'ISO-8859-1' },
  { name: 'iso-8859-1', iconv: 'ISO-8859-1', python: 'latin-1', java: 'ISO-8859-1' },
  { name: 'cp1252', iconv: 'CP1252', python: 'cp1252', java: 'windows-1252' },
];

/*
 * Bytes that glibc gives no character, or the character of another byte, become U+F700 + byte, as WHATWG's x-user-defined has it, so that
 * every byte comes back. Where Java has a character for such a byte that the page has nowhere else, it is taken; cp1252 takes WHATWG's.
 */
const CHOICES = {
  cp420: { 0x45: 0x200b },
  cp424: { 0x8f: 0x00b1 },
  cp875: { 0x6a: 0x007c },
  cp1252: { 0x81: 0x81, 0x8d: 0x8d, 0x8f: 0x8f, 0x90: 0x90, 0x9d: 0x9d },
};
const PRIVATE = 0xf700;
const NONE = 0xfffd;

const hex = (number, width) => number.toString(16).padStart(width, '0');
const BYTES = Array.from({ length: 256 }, (_, byte) => byte);
const CELLS = Array.from({ length: 190 }, (_, index) => 0x41 + index);
const PAIRS = [0x4040, ...CELLS.flatMap(high => CELLS.map(low => (high << 8) | low))];
const SO = 0x0e;
const SI = 0x0f;

const isShift = (page, byte) => page.mixed === true && (byte === SO || byte === SI);

function output(program, args, input) {
  const { status, stdout, stderr } = spawnSync(program, args, { input, maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** What iconv makes of each byte; undefined where the page has nothing there. A 1 behind each keeps one from shifting the next. */
function singleFromIconv(page) {
  const isEbcdic = output('iconv', ['-f', page.iconv, '-t', 'UTF-8'], Buffer.from([0xf1])).toString() === '1';
  const one = isEbcdic ? 0xf1 : 0x31;
  const asked = BYTES.filter(byte => !isShift(page, byte));
  const input = Buffer.from(asked.flatMap(byte => [byte, one]));
  // With -c it leaves out what it has no character for, and then says so by its exit code.
  const { stdout } = spawnSync('iconv', ['-c', '-f', page.iconv, '-t', 'UTF-16LE'], { input });
  const points = [];
  let at = 0;
  for (const byte of asked) {
    const isMissing = byte !== one && stdout.readUInt16LE(at) === 0x31;
    points[byte] = isMissing ? undefined : stdout.readUInt16LE(at);
    at += isMissing ? 2 : 4;
  }
  if (at !== stdout.length) throw new Error(`${page.name}: iconv lost a byte`);
  return BYTES.map(byte => (isShift(page, byte) ? byte : points[byte]));
}

/** The byte iconv writes for a code point: of several bytes with one character, the one that keeps it. */
function byteOf(page, point) {
  return output('iconv', ['-f', 'UTF-16LE', '-t', page.iconv], Buffer.from([point & 0xff, point >> 8]))[0];
}

/** Our points of the bytes, from glibc's: all 256 different, but NONE where a mixed page has no character. */
function ourSingle(page, theirs) {
  const ours = theirs.map((point, byte) => {
    if (point === undefined) return page.mixed ? NONE : (CHOICES[page.name]?.[byte] ?? PRIVATE + byte);
    const isShared = theirs.indexOf(point) !== theirs.lastIndexOf(point);
    return isShared && byteOf(page, point) !== byte ? PRIVATE + byte : point;
  });
  const defined = ours.filter(point => point !== NONE);
  if (new Set(defined).size !== defined.length) throw new Error(`${page.name} is not invertible`);
  return ours;
}

/** The points of PAIRS, 0 where there is none. A line feed behind each pair keeps one from shifting the next. */
function pairsFromIconv(page, single) {
  const lineFeed = single.indexOf(0x0a);
  const input = Buffer.from(PAIRS.flatMap(pair => [SO, pair >> 8, pair & 0xff, SI, lineFeed]));
  const lines = output('iconv', ['-c', '-f', page.iconv, '-t', 'UTF-8'], input).toString().split('\n');
  if (lines.length !== PAIRS.length + 1) throw new Error(`${page.name}: iconv lost a pair`);
  if (lines.some(line => line.length > 1)) throw new Error(`${page.name} has characters beyond 16 bits`);
  return lines.slice(0, -1).map(line => (line === '' ? 0 : line.charCodeAt(0)));
}

/** Differences from cell to cell, their high bytes and then their low ones: what compresses best of what was tried. */
function packPairs(points) {
  if (points[0] !== 0x3000) throw new Error('0x4040 is not the ideographic space');
  const steps = points.slice(1).map((point, index) => (point - (index === 0 ? 0 : points[index])) & 0xffff);
  return Buffer.from([...steps.map(step => step >> 8), ...steps.map(step => step & 0xff)]);
}

const PYTHON = `
import sys
for page in sys.argv[1:]:
  for b in range(256):
    try: print("%04x" % ord(bytes([b]).decode(page)))
    except Exception: print("none")
`;
// One byte or pair at a time: a converter that drops or joins one must not shift the rest.
const JAVA = `
import java.nio.*; import java.nio.charset.*;
class Page {
  static String point(CharsetDecoder decoder, int... bytes) {
    ByteBuffer input = ByteBuffer.allocate(bytes.length);
    for (int b : bytes) input.put((byte) b);
    try { CharBuffer text = decoder.decode(input.flip()); return text.length() == 1 ? String.format("%04x", (int) text.get(0)) : "none"; }
    catch (CharacterCodingException e) { return "none"; }
  }
  public static void main(String[] pages) {
    for (String page : pages) {
      boolean mixed = page.endsWith("+");
      String name = mixed ? page.substring(0, page.length() - 1) : page;
      boolean known = Charset.isSupported(name);
      CharsetDecoder decoder = known ? Charset.forName(name).newDecoder() : null;
      for (int b = 0; b < 256; b++) System.out.println(known ? point(decoder, b) : "unknown");
      if (!mixed) continue;
      System.out.println(known ? point(decoder, 0x0e, 0x40, 0x40, 0x0f) : "unknown");
      for (int h = 0x41; h < 0xff; h++) for (int l = 0x41; l < 0xff; l++)
        System.out.println(known ? point(decoder, 0x0e, h, l, 0x0f) : "unknown");
    }
  }
}`;

const points = lines => lines.map(line => (line === 'none' ? undefined : parseInt(line, 16)));

/** What a program that prints a point a line says of all pages it knows: page name to { single, pairs }. */
function askAll(pages, lines) {
  const found = new Map();
  let at = 0;
  for (const page of pages) {
    const single = lines.slice(at, (at += 256));
    const pairs = page.mixed ? lines.slice(at, (at += PAIRS.length)) : [];
    if (single[0] !== 'unknown') found.set(page.name, { single: points(single), pairs: points(pairs) });
  }
  return found;
}

function askPython() {
  const pages = PAGES.filter(page => page.python !== undefined);
  const lines = output('python3', ['-c', PYTHON, ...pages.map(page => page.python)])
    .toString()
    .split(/\r?\n/);
  return askAll(pages, lines);
}

function askJava() {
  const folder = mkdtempSync(join(tmpdir(), 'codepages-'));
  const source = join(folder, 'Page.java');
  writeFileSync(source, JAVA);
  const lines = output('java', [source, ...PAGES.map(page => page.java + (page.mixed ? '+' : ''))])
    .toString()
    .split(/\r?\n/);
  rmSync(folder, { recursive: true });
  return askAll(PAGES, lines);
}

/** Lines `page point ours program theirs` where a program says otherwise. */
function differences(program, ours, answers) {
  const word = point => (point === undefined || point === NONE || point === 0 ? 'none' : hex(point, 4));
  const lines = [];
  for (const [name, theirs] of answers) {
    const { single, pairs } = ours.get(name);
    const list = (from, to, at, width) => {
      const mine = at === 0 ? '0000' : word(from);
      const other = at === 0 && to === 0 ? '0000' : word(to);
      if (mine !== other) lines.push(`${name} ${hex(at, width)} ${mine} ${program} ${other}`);
    };
    BYTES.forEach(byte => {
      if (!isShift({ mixed: pairs.length > 0 }, byte)) list(single[byte], theirs.single[byte], byte, 2);
    });
    pairs.forEach((point, index) => list(point, theirs.pairs[index], PAIRS[index], 4));
  }
  return lines;
}

/** Bytes of a page that differ from its base: `at:points` for each run, wrapped. */
function tableLines(single, base) {
  const runs = [];
  BYTES.forEach(byte => {
    if (base !== undefined && single[byte] === base[byte]) return;
    const follows = runs.length > 0 && runs.at(-1).end === byte && runs.at(-1).points.length < 22;
    if (follows) runs.at(-1).points.push(hex(single[byte], 4));
    else runs.push({ at: byte, points: [hex(single[byte], 4)], end: byte });
    runs.at(-1).end = byte + 1;
  });
  const lines = [''];
  for (const { at, points } of runs) {
    const run = `${hex(at, 2)}:${points.join('')}`;
    if (lines.at(-1) !== '' && lines.at(-1).length + run.length > 100) lines.push('');
    lines[lines.length - 1] += (lines.at(-1) === '' ? '' : ' ') + run;
  }
  return lines;
}

function tablesText(ours) {
  let text = `// Generated by scripts/generate-codepages.mjs from glibc's iconv; do not edit. docs/copybook.md lists where others differ.

/*
 * The Unicode code points of each page's bytes: the page it is like, then the bytes that differ, each run as its first byte and its points.
 * fffd says that a mixed page has no character there.
 */
export const CODE_PAGE_TABLES = {
`;
  for (const { name } of PAGES) {
    const { single } = ours.get(name);
    const like = single[0xf0] === 0x30 ? 'cp037' : 'iso-8859-1';
    const base = name === like ? '' : like;
    const lines = tableLines(single, base === '' ? BYTES.map(() => NaN) : ours.get(base).single);
    const key = /^\w+$/.test(name) ? name : `'${name}'`;
    const entries = [base, ...lines.filter(line => line !== '')].map(line => `'${line}'`);
    const short = `  ${key}: [${entries.join(', ')}],\n`;
    text += short.length <= 120 ? short : `  ${key}: [\n${entries.map(entry => `    ${entry},\n`).join('')}  ],\n`;
  }
  const names = MIXED.map(number => `'cp${number}'`).join(', ');
  return `${text}} as const;

/** Pages of one byte and two between shift-out and shift-in, in the order of double-byte/pages.br. */
export const MIXED_PAGES = [${names}] as const;
`;
}

function compress(pages) {
  const params = { [constants.BROTLI_PARAM_LGWIN]: 22, [constants.BROTLI_PARAM_SIZE_HINT]: pages.length };
  return brotliCompressSync(pages, { params });
}

/** Writes a file, or with --check says that it is stale. `same` compares what is there with what should be. */
function settle(file, content, same = there => there.equals(Buffer.from(content))) {
  if (!process.argv.includes('--check')) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  } else if (!same(readFileSync(file))) {
    console.error(`${file} is stale: run scripts/generate-codepages.mjs`);
    process.exitCode = 1;
  }
}

const glibc = new Map();
const ours = new Map();
for (const page of PAGES) {
  const theirs = singleFromIconv(page);
  const single = ourSingle(page, theirs);
  const pairs = page.mixed ? pairsFromIconv(page, single) : [];
  glibc.set(page.name, { single: theirs, pairs });
  ours.set(page.name, { single, pairs });
}
settle(TABLES, tablesText(ours));
const packed = Buffer.concat(MIXED.map(number => packPairs(ours.get(`cp${number}`).pairs)));
settle(DOUBLE_BYTE, compress(packed), there => brotliDecompressSync(there).equals(packed));

const known = () => readFileSync(DIFFERENCES, 'utf8').trim().split('\n');
const asked = (program, command, ask) =>
  has(command) ? differences(program, ours, ask()) : known().filter(line => line.split(' ')[3] === program);
const lines = [
  ...differences('glibc', ours, glibc),
  ...asked('java', 'java', askJava),
  ...asked('python', 'python3', askPython),
];
const order = new Map(PAGES.map(({ name }, index) => [name, index]));
const key = line => `${hex(order.get(line.split(' ')[0]), 4)} ${line.split(' ').slice(1).join(' ')}`;
settle(DIFFERENCES, lines.sort((a, b) => (key(a) < key(b) ? -1 : 1)).join('\n') + '\n');
