import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { chooseRecord, clearRow, compileCopybook, createEncoder, writeSlot, type Layout } from '../codec/index.js';
import { CapacityError, SeededRandom, invariant } from '../model/index.js';

export interface StartOfDayFileOptions {
  readonly seed: number;
  /** Records in all, header and trailer included. */
  readonly records: number;
  readonly businessDate: number; // yyyymmdd
  readonly fileSequence?: number;
  readonly accounts: readonly string[];
  readonly symbols: readonly string[];
  readonly codePage?: string; // cp037 when left out
}

/** The demo's copybook: the nearest examples/desk/positions.cpy upwards of this module. */
export function startOfDayCopybook(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const path = join(folder, 'examples', 'desk', 'positions.cpy');
    if (existsSync(path)) return path;
    invariant(dirname(folder) !== folder, 'examples/desk/positions.cpy is part of the package');
    folder = dirname(folder);
  }
}

const QUANTITY_LOTS_MAX = 50;
const LOT = 100;
const PRICE_TICKS_MIN = 50_000; // 5.0000
const PRICE_TICKS_RANGE = 5_000_000;
const PRICE_TICKS = 10_000n;

/**
 * Writes a start-of-day file of examples/desk/positions.cpy: a header, a limit record for each account, positions, a trailer
 * with their totals. The same options give the same bytes. The file appears whole, by a rename.
 */
export function writeStartOfDay(path: string, options: StartOfDayFileOptions): void {
  const { accounts, symbols, records } = options;
  const positions = records - accounts.length - 2;
  if (positions < 0 || positions > accounts.length * symbols.length)
    throw new CapacityError(
      'HR_LOAD_SIZE',
      `${accounts.length} accounts and ${symbols.length} symbols do not make ${records} records`,
    );
  const writer = new DeskFile(options);
  writer.header(options);
  for (const account of accounts) writer.limit(account);
  for (let index = 0; index < positions; index++)
    writer.position(accounts[index % accounts.length]!, symbols[Math.floor(index / accounts.length)]!);
  writer.trailer();
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(`${path}.part`, 'w');
  for (const record of writer.records) writeSync(file, record);
  closeSync(file);
  renameSync(`${path}.part`, path);
}

class DeskFile {
  readonly records: Uint8Array[] = [];
  private readonly layouts: readonly Layout[];
  private readonly encoders = new Map<string, ReturnType<typeof createEncoder>>();
  private readonly random: SeededRandom;
  private positionCount = 0n;
  private limitCount = 0n;
  private quantityTotal = 0n;
  private grossTotal = 0n;

  constructor(options: StartOfDayFileOptions) {
    const file = startOfDayCopybook();
    this.layouts = compileCopybook(readFileSync(file, 'utf8'), { file, codePage: options.codePage ?? 'cp037' });
    this.random = new SeededRandom(options.seed);
  }

  header({ businessDate, fileSequence = 1 }: StartOfDayFileOptions): void {
    const date = String(businessDate);
    this.add('HEADER-RECORD', {
      'REC-TYPE': 'H',
      'BUSINESS-DATE': BigInt(businessDate),
      'DATE-YEAR': BigInt(date.slice(0, 4)),
      'DATE-MONTH': BigInt(date.slice(4, 6)),
      'DATE-DAY': BigInt(date.slice(6, 8)),
      'FILE-SEQUENCE': BigInt(fileSequence),
      'SYSTEM-NAME': 'POSKEEP',
    });
  }

  limit(account: string): void {
    // Twice what the positions of 200 symbols are worth, and more: a day's orders fit.
    const grossNotional = 300_000_000_00n + BigInt(this.random.below(100)) * 1_000_000_00n;
    this.add('LIMIT-RECORD', {
      'REC-TYPE': 'L',
      'LIMIT-ACCOUNT': account,
      'MAX-QUANTITY': BigInt((this.random.below(9) + 1) * 10_000),
      'MAX-NOTIONAL': BigInt(this.random.below(9) + 1) * 250_000_00n,
      'MAX-POSITION': 5_000_000n,
      'GROSS-NOTIONAL': grossNotional,
      'MESSAGE-RATE': 20_000n,
    });
    this.limitCount++;
    this.grossTotal += grossNotional;
  }

  position(account: string, symbol: string): void {
    const quantity = BigInt((this.random.below(2 * QUANTITY_LOTS_MAX + 1) - QUANTITY_LOTS_MAX) * LOT);
    const price = BigInt(PRICE_TICKS_MIN + this.random.below(PRICE_TICKS_RANGE));
    this.add('POSITION-RECORD', {
      'REC-TYPE': 'P',
      ACCOUNT: account,
      SYMBOL: symbol,
      QUANTITY: quantity,
      'AVERAGE-PRICE': price,
      'MARKED-VALUE': (quantity * price * 100n) / PRICE_TICKS,
    });
    this.positionCount++;
    this.quantityTotal += quantity;
  }

  trailer(): void {
    this.add('TRAILER-RECORD', {
      'REC-TYPE': 'T',
      'POSITION-COUNT': this.positionCount,
      'LIMIT-COUNT': this.limitCount,
      'QUANTITY-TOTAL': this.quantityTotal,
      'GROSS-TOTAL': this.grossTotal,
    });
  }

  private encoderOf(record: string): ReturnType<typeof createEncoder> {
    const known =
      this.encoders.get(record) ?? createEncoder({ layout: chooseRecord(this.layouts, record), native: undefined });
    this.encoders.set(record, known);
    return known;
  }

  private add(record: string, values: Readonly<Record<string, string | bigint>>): void {
    const encoder = this.encoderOf(record);
    const row = new Uint8Array(encoder.rowSize);
    clearRow(encoder.plan, row, 0);
    for (const slot of encoder.slots) writeSlot(row, 0, slot, values[slot.item.name]!);
    const bytes = new Uint8Array(encoder.plan.recordSize);
    const good = encoder.encodeRows(row, 1, bytes);
    invariant(good === 1, `a generated ${record} encodes`);
    this.records.push(bytes);
  }
}
