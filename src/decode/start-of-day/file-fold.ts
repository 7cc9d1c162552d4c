import {
  chooseRecord,
  compileCopybook,
  readText,
  type FilePlace,
  type Layout,
  type LayoutItem,
  type RecordSpans,
} from '../../codec/index.js';
import { ConfigError, DECIMAL_SCALE, InputError, LIMIT, POSITION } from '../../model/index.js';
import type { Addon } from '../../native/index.js';
import { openCopybook } from '../copybook-file.js';
import { refuseLoad } from './refused.js';
import { NAME_SIZE, RowBlock, type FileLoad } from './load-rows.js';
import type { StartOfDayMapping } from './mapping.js';
import { RecordReader } from './record-reader.js';

const LIMIT_FIELDS = ['maxQuantity', 'maxNotional', 'maxPosition', 'grossNotional', 'messageRate'] as const;
/** What a limit's field holds when the file does not give it: that of the config holds. */
const NO_LIMIT = -1n;

type PositionField = 'account' | 'symbol' | 'quantity' | 'averagePrice';
type LimitField = 'account' | (typeof LIMIT_FIELDS)[number];
type TotalField = 'positionCount' | 'limitCount' | 'quantityTotal' | 'grossNotionalTotal';

/** Folds the records of a file into rows and totals. The header comes first, the trailer last; its totals must agree. */
export class FileFold {
  /** Bytes of a record, where all have one length. */
  readonly recordSize: number;
  private readonly typeItem: LayoutItem;
  private readonly headerLayout: Layout;
  private readonly header: RecordReader<'businessDate' | 'fileSequence'>;
  private readonly position: RecordReader<PositionField>;
  private readonly limit: RecordReader<LimitField> | undefined;
  private readonly trailer: RecordReader<TotalField>;
  private readonly positions: RowBlock;
  private readonly limits: RowBlock;
  /** An account's limits under its name, a position under account, NUL and symbol. */
  private readonly keys = new Set<string>();
  private businessDate = 0;
  private fileSequence = 0n;
  private quantityTotal = 0n;
  private grossNotionalTotal = 0n;
  private state: 'header' | 'details' | 'done' = 'header';

  constructor(
    private readonly mapping: StartOfDayMapping,
    native: Addon | undefined,
    recordsMax: number,
  ) {
    const { header, position, limit, trailer } = mapping;
    const layouts = readLayouts(mapping);
    const layoutOf = (record: string): Layout => chooseRecord(layouts, record);
    this.headerLayout = layoutOf(header.record);
    this.recordSize = this.headerLayout.sizeBytes;
    this.typeItem = findItem(this.headerLayout, mapping.recordType);
    const { businessDate, fileSequence } = header;
    this.header = new RecordReader(this.headerLayout, { businessDate, fileSequence }, native);
    const { account, symbol, quantity, averagePrice } = position;
    this.position = new RecordReader(layoutOf(position.record), { account, symbol, quantity, averagePrice }, native);
    this.limit = limit && new RecordReader(layoutOf(limit.record), limitFields(limit), native);
    const { positionCount, limitCount, quantityTotal, grossNotionalTotal } = trailer;
    const totals = { positionCount, limitCount, quantityTotal, grossNotionalTotal };
    this.trailer = new RecordReader(layoutOf(trailer.record), totals, native);
    this.positions = new RowBlock(POSITION.sizeBytes, recordsMax);
    this.limits = new RowBlock(LIMIT.sizeBytes, recordsMax);
    for (const mapped of [position, limit, trailer]) if (mapped !== undefined) this.checkSize(layoutOf(mapped.record));
  }

  /** Records of one length are framed by the header's: the others must have the same. */
  private checkSize(layout: Layout): void {
    const { format, copybook } = this.mapping;
    if (format !== 'fixed' || layout.sizeBytes === this.recordSize) return;
    const message = `${copybook}: ${layout.name} has ${layout.sizeBytes} bytes, ${this.headerLayout.name} ${this.recordSize}`;
    throw new ConfigError('HR_LOAD_COPYBOOK', `${message}; fixed records have one length`);
  }

  /** Takes the records of a batch. */
  records(spans: RecordSpans, first: FilePlace): void {
    for (let index = 0; index < spans.count; index++) {
      this.read(this.typeOf(spans, index), { spans, index, first });
    }
  }

  /** The load, when the trailer was there. */
  finish(fileHash: Buffer): FileLoad {
    if (this.state !== 'done') throw refuseFile(this.mapping, 'it has no trailer record');
    const { businessDate, fileSequence, positions, limits, quantityTotal, grossNotionalTotal } = this;
    return { fileHash, businessDate, fileSequence, positions, limits, quantityTotal, grossNotionalTotal };
  }

  private typeOf(spans: RecordSpans, index: number): string {
    const { offset, size } = this.typeItem;
    const start = spans.starts[index]!;
    const length = Math.max(0, Math.min(size, spans.lengths[index]! - offset));
    return readText(this.headerLayout.codePage, spans.bytes, start + offset, length);
  }

  private read(type: string, at: RecordAt): void {
    const { header, position, limit, trailer } = this.mapping;
    if (this.state === 'header' && type === header.when) this.readHeader(at);
    else if (this.state === 'details' && type === position.when) this.readPosition(at);
    else if (this.state === 'details' && limit !== undefined && type === limit.when) this.readLimit(at, this.limit!);
    else if (this.state === 'details' && type === trailer.when) this.readTrailer(at);
    else this.refuseType(type, at);
  }

  private refuseType(type: string, { spans, index, first }: RecordAt): never {
    const { name, offset, size, picture } = this.typeItem;
    const start = spans.starts[index]! + offset;
    const place = { record: first.record + index, offset: first.fileOffset + start };
    const expected = {
      header: 'the header',
      details: 'a position, a limit or the trailer',
      done: 'the end of the file',
    };
    const message = `record ${place.record}, ${name} at offset ${place.offset}: ${JSON.stringify(type)} where ${expected[this.state]} was expected`;
    const hex = Buffer.from(spans.bytes.subarray(start, start + size)).toString('hex');
    throw refuseLoad({ ...place, field: name, picture, code: 'badType', message, hex });
  }

  private readHeader({ spans, index, first }: RecordAt): void {
    const { header } = this;
    header.read(spans, index, first);
    const date = Number(header.number('businessDate', 0));
    if (!isDate(date)) header.refuse('businessDate', 'badType', `${date} is not a date yyyymmdd`);
    this.businessDate = date;
    if (header.has('fileSequence')) this.fileSequence = header.number('fileSequence', 0);
    this.state = 'details';
  }

  private readPosition({ spans, index, first }: RecordAt): void {
    const { position, positions } = this;
    position.read(spans, index, first);
    const row = positions.add();
    for (const field of ['account', 'symbol'] as const)
      this.readName(position, field, positions, row + POSITION.offset[field]);
    this.refuseAgain(position, 'symbol', `${position.text('account')}\0${position.text('symbol')}`);
    const quantity = position.number('quantity', DECIMAL_SCALE);
    positions.setInt64(row + POSITION.offset.quantity, quantity);
    positions.setInt64(row + POSITION.offset.averagePrice, position.number('averagePrice', DECIMAL_SCALE));
    this.quantityTotal += quantity;
  }

  private readLimit({ spans, index, first }: RecordAt, limit: RecordReader<LimitField>): void {
    const { limits } = this;
    limit.read(spans, index, first);
    const row = limits.add();
    this.readName(limit, 'account', limits, row + LIMIT.offset.account);
    this.refuseAgain(limit, 'account', limit.text('account'));
    for (const field of LIMIT_FIELDS) limits.setInt64(row + LIMIT.offset[field], readLimitField(limit, field));
    if (limit.has('grossNotional')) this.grossNotionalTotal += limit.number('grossNotional', DECIMAL_SCALE);
  }

  private readName<Field extends string>(
    record: RecordReader<Field>,
    field: Field,
    rows: RowBlock,
    offset: number,
  ): void {
    const name = record.text(field);
    if (name === '') record.refuse(field, 'missingValue');
    if (!rows.setText(offset, NAME_SIZE, name)) record.refuse(field, 'tooLong');
  }

  /** Of two records with one key neither can be believed. */
  private refuseAgain<Field extends string>(record: RecordReader<Field>, field: Field, key: string): void {
    if (this.keys.has(key)) record.refuse(field, 'duplicate');
    this.keys.add(key);
  }

  private readTrailer({ spans, index, first }: RecordAt): void {
    this.trailer.read(spans, index, first);
    this.checkTotal('positionCount', BigInt(this.positions.count), 0);
    this.checkTotal('limitCount', BigInt(this.limits.count), 0);
    this.checkTotal('quantityTotal', this.quantityTotal, DECIMAL_SCALE);
    this.checkTotal('grossNotionalTotal', this.grossNotionalTotal, DECIMAL_SCALE);
    this.state = 'done';
  }

  private checkTotal(field: TotalField, found: bigint, scale: number): void {
    if (!this.trailer.has(field)) return;
    const stated = this.trailer.scaled(field, scale);
    if (stated === found) return;
    const at = scale === 0 ? '' : ` at 10^-${scale}`;
    this.trailer.refuse(field, 'badTotal', `the trailer says ${stated}, the records give ${found}${at}`);
  }
}

interface RecordAt {
  readonly spans: RecordSpans;
  readonly index: number;
  readonly first: FilePlace;
}

function readLayouts({ copybook, codepage }: StartOfDayMapping): readonly Layout[] {
  const { text, readCopy } = openNamed(copybook);
  return compileCopybook(text, { file: copybook, codePage: codepage, readCopy });
}

/** The configuration names the copybook: one that is not there is its fault. */
function openNamed(copybook: string): ReturnType<typeof openCopybook> {
  try {
    return openCopybook(copybook);
  } catch (cause) {
    throw cause instanceof InputError ? new ConfigError('HR_INPUT', cause.message, { cause }) : cause;
  }
}

function findItem(layout: Layout, name: string): LayoutItem {
  const item = layout.items.find(other => other.leaf !== undefined && other.name.toUpperCase() === name.toUpperCase());
  if (item === undefined) throw new ConfigError('HR_LOAD_COPYBOOK', `${layout.name} has no field ${name}`);
  return item;
}

function limitFields(limit: NonNullable<StartOfDayMapping['limit']>): Record<LimitField, string | undefined> {
  const { account, maxQuantity, maxNotional, maxPosition, grossNotional, messageRate } = limit;
  return { account, maxQuantity, maxNotional, maxPosition, grossNotional, messageRate };
}

/** A limit below 0 would mean none: the file is refused rather than an account's veto lost. */
function readLimitField(limit: RecordReader<LimitField>, field: (typeof LIMIT_FIELDS)[number]): bigint {
  if (!limit.has(field)) return NO_LIMIT;
  const value = limit.number(field, field === 'messageRate' ? 0 : DECIMAL_SCALE);
  if (value < 0n) limit.refuse(field, 'negative');
  return value;
}

function refuseFile({ file }: StartOfDayMapping, why: string): Error {
  const place = { record: 0, offset: 0, field: '', picture: '', code: 'incomplete' as const, hex: '' };
  return refuseLoad({ ...place, message: `${file}: ${why}` });
}

function isDate(date: number): boolean {
  const text = `${Math.trunc(date / 10000)}-${String(Math.trunc(date / 100) % 100).padStart(2, '0')}-${String(date % 100).padStart(2, '0')}`;
  const parsed = new Date(`${text}T00:00:00Z`);
  return date > 19000101 && !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text);
}
