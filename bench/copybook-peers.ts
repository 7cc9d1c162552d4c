/** What our copybook codec is measured beside: Cobrix's parser, and JavaScript generated for this one copybook. */
import type { Layout, LayoutItem } from '../src/codec/index.js';
import { copybookFile, recordFile, tradeRecords, UNIT } from './copybook-records.js';
import type { Missing, Rated, Timed } from './harness.js';
import { orMissing } from './harness.js';
import { javaPeer, workFolder } from './install.js';
import { processPeer } from './process-peer.js';

/** Cobrix 2.6.9 without Spark: to boxed values, or on to JSON text built in a StringBuilder. */
export function cobrix(how: 'values' | 'json', layout: Layout): Promise<Rated | Missing> {
  const name = `Cobrix cobol-parser 2.6.9, ${how === 'json' ? 'JSON lines' : 'values'}`;
  return orMissing(name, () => {
    const file = recordFile(workFolder(`cobrix-${how}`), tradeRecords(layout));
    return processPeer({ name, unit: UNIT, command: [...javaPeer('cobrix'), copybookFile, file, how], warmUps: 4 });
  });
}

/** EBCDIC to Latin-1 for the characters these records hold. */
function textTable(layout: Layout, records: Uint8Array): Uint8Array {
  const table = new Uint8Array(256).fill(0x3f);
  for (const byte of records) table[byte] = layout.codePage.toUnicode[byte] ?? 0x3f;
  return table;
}

/** The expression that reads one occurrence of a leaf at `at`. */
function leafExpression(item: LayoutItem, at: string): string {
  const leaf = item.leaf!;
  if (leaf.kind === 'text') return `text(b,${at},${item.size})`;
  if (leaf.kind === 'float') return `v.getFloat${item.size * 8}(${at})`;
  const power = `1e${leaf.scale}`;
  const scaled = (value: string): string => (leaf.scale === 0 ? value : `(${value})/${power}`);
  if (leaf.kind === 'packed') return scaled(`packed(b,${at},${item.size})`);
  if (leaf.kind === 'display') return scaled(`display(b,${at},${item.size})`);
  if (item.size === 8) return `Number(v.getBigInt64(${at}))`;
  return `v.getInt${item.size * 8}(${at})`;
}

/** The functions the generated reader calls: plain loops over digits, values as doubles. */
const READERS = `
  function text(b, at, size) {
    let end = at + size;
    while (end > at && b[end - 1] === 0x40) end--;
    for (let i = at; i < end; i++) scratch[i - at] = table[b[i]];
    return scratch.latin1Slice(0, end - at);
  }
  function packed(b, at, size) {
    let value = 0;
    for (let i = at; i < at + size - 1; i++) value = value * 100 + pairs[b[i]];
    const last = b[at + size - 1];
    value = value * 10 + (last >> 4);
    return (last & 15) === 13 ? -value : value;
  }
  function display(b, at, size) {
    let value = 0;
    for (let i = at; i < at + size; i++) value = value * 10 + (b[i] & 15);
    return (b[at + size - 1] >> 4) === 13 ? -value : value;
  }`;

function readerSource(layout: Layout, names?: readonly string[]): string {
  const members = layout.items
    .filter(item => item.leaf !== undefined && names?.includes(item.name) !== false)
    .map(item => {
      const at = (index: number): string => `r+${item.offset + index * item.size}`;
      if (item.occurs === undefined) return `"${item.name}":${leafExpression(item, at(0))}`;
      const items = Array.from({ length: item.occurs.count }, (_, index) => leafExpression(item, at(index)));
      return `"${item.name}":[${items.join(',')}]`;
    });
  return `${READERS}\n return (b, v, r) => ({${members.join(',')}});`;
}

type Reader = (bytes: Uint8Array, view: DataView, record: number) => Record<string, unknown>;

function generatedReader(layout: Layout, records: Uint8Array, names?: readonly string[]): Reader {
  const pairs = Uint8Array.from({ length: 256 }, (_, byte) => (byte >> 4) * 10 + (byte & 15));
  const make = new Function('table', 'pairs', 'scratch', readerSource(layout, names)) as (
    table: Uint8Array,
    pairs: Uint8Array,
    scratch: Buffer,
  ) => Reader;
  return make(textTable(layout, records), pairs, Buffer.alloc(64));
}

const FIELDS = ['TRADE-ID', 'TRADE-DATE', 'QUANTITY'];
const WHAT = { objects: 'objects', json: 'JSON.stringify', fields: '3 of 33 fields' } as const;

/** JavaScript generated for the copybook: an object a record, one of three fields only, or its JSON.stringify. */
export function generatedJavaScript(how: keyof typeof WHAT, layout: Layout): Timed {
  const records = tradeRecords(layout);
  const read = generatedReader(layout, records, how === 'fields' ? FIELDS : undefined);
  const view = new DataView(records.buffer);
  const size = layout.sizeBytes;
  function objects(): number {
    let fields = 0;
    for (let at = 0; at < records.length; at += size) fields += (read(records, view, at)['TRADE-ID'] as string).length;
    return fields;
  }
  function json(): number {
    let length = 0;
    for (let at = 0; at < records.length; at += size) length += JSON.stringify(read(records, view, at)).length;
    return length;
  }
  return {
    name: `generated JavaScript, ${WHAT[how]}`,
    unit: UNIT,
    operations: records.length / size,
    call: how === 'json' ? json : objects,
  };
}

/** The statement that writes one occurrence of a leaf from `value` at `at`. */
function leafStatement(item: LayoutItem, value: string, at: string): string {
  const leaf = item.leaf!;
  if (leaf.kind === 'text') return `text(b,${at},${item.size},${value});`;
  if (leaf.kind === 'float') return `v.setFloat${item.size * 8}(${at},${value});`;
  const scaled = leaf.scale === 0 ? value : `Math.round(${value}*1e${leaf.scale})`;
  if (leaf.kind === 'packed') return `packed(b,${at},${item.size},${scaled});`;
  if (leaf.kind === 'display') return `display(b,${at},${item.size},${scaled},${leaf.sign !== 'none'});`;
  if (item.size === 8) return `v.setBigInt64(${at},BigInt(${value}));`;
  return `v.setInt${item.size * 8}(${at},${value});`;
}

const WRITERS = `
  function text(b, at, size, value) {
    for (let i = 0; i < size; i++) b[at + i] = i < value.length ? ebcdic[value.charCodeAt(i)] : 0x40;
  }
  function packed(b, at, size, value) {
    let rest = Math.abs(value);
    b[at + size - 1] = (rest % 10) * 16 + (value < 0 ? 13 : 12);
    rest = Math.floor(rest / 10);
    for (let i = at + size - 2; i >= at; i--, rest = Math.floor(rest / 100)) b[i] = Math.floor((rest % 100) / 10) * 16 + (rest % 10);
  }
  function display(b, at, size, value, signed) {
    let rest = Math.abs(value);
    for (let i = at + size - 1; i >= at; i--, rest = Math.floor(rest / 10)) b[i] = 0xf0 + (rest % 10);
    if (signed) b[at + size - 1] -= value < 0 ? 0x20 : 0x30;
  }`;

function writerSource(layout: Layout): string {
  const statements = layout.items
    .filter(item => item.leaf !== undefined)
    .flatMap(item => {
      const at = (index: number): string => `r+${item.offset + index * item.size}`;
      const value = `o["${item.name}"]`;
      if (item.occurs === undefined) return [leafStatement(item, value, at(0))];
      return Array.from({ length: item.occurs.count }, (_, index) =>
        leafStatement(item, `${value}[${index}]`, at(index)),
      );
    });
  return `${WRITERS}\n return (b, v, r, o) => {${statements.join('\n')}};`;
}

type Writer = (bytes: Uint8Array, view: DataView, record: number, values: Record<string, unknown>) => void;

/** JavaScript generated for the copybook: objects back to records, numbers as doubles. */
export function generatedWriter(layout: Layout): Timed {
  const records = tradeRecords(layout);
  const size = layout.sizeBytes;
  const read = generatedReader(layout, records);
  const view = new DataView(records.buffer);
  const values = Array.from({ length: records.length / size }, (_, index) => read(records, view, index * size));
  const ebcdic = new Uint8Array(256);
  for (const [point, byte] of layout.codePage.fromUnicode) if (point < 256) ebcdic[point] = byte;
  const write = new Function('ebcdic', writerSource(layout))(ebcdic) as Writer;
  const out = new Uint8Array(records.length);
  const outView = new DataView(out.buffer);
  function call(): number {
    for (let index = 0; index < values.length; index++) write(out, outView, index * size, values[index]!);
    return out[0]!;
  }
  return { name: 'generated JavaScript, objects to records', unit: UNIT, operations: values.length, call };
}
