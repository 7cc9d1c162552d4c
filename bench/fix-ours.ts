/** Our FIX codec on the bench's messages, read and written in one buffer as a receive would deliver them. */
import { FixBatch, FixEncoder, NameTable, type FixMessage } from '../src/codec/index.js';
import { ORDER, STATUS } from '../src/model/index.js';
import { loadAddon, type NativeMode } from '../src/native/index.js';
import type { MessageKind } from './fix-messages.js';
import type { Missing, Timed } from './harness.js';
import { orMissing } from './harness.js';

export const UNIT = 'messages/s';

const OK = STATUS.ok.code;
const LABEL = { require: 'native', prefer: 'native where built', off: 'TypeScript twin' } as const;
/** What is read of a MarketDataIncrementalRefresh: of each entry its action, type, symbol, price and size. */
const MARKET_DATA_TAGS = [279, 269, 55, 270, 271];

function namesOf(): { accounts: NameTable; symbols: NameTable } {
  const accounts = new NameTable({ capacity: 1024 });
  const symbols = new NameTable({ capacity: 1024 });
  for (let index = 0; index < 8; index++) accounts.internText(`AC${String(index).padStart(4, '0')}`);
  for (const symbol of ['AAPL', 'MSFT', 'VODL', 'BARC', 'SIEM', 'NOVN', 'AIRP', 'SONY']) symbols.internText(symbol);
  return { accounts, symbols };
}

/** Seven fields of the row of each message, as a lane would read them; 64-bit ones as their low words. */
function readRows(batch: FixBatch, words: Uint32Array, count: number): number {
  const { offset } = ORDER;
  let sum = 0;
  for (let index = 0; index < count; index++) {
    if (batch.rowStatusOf(index) !== OK) throw new Error(`message ${index} was refused: ${batch.rowStatusOf(index)}`);
    const at = batch.rowOffset(index);
    const word = at >> 2;
    sum += words[word + (offset.accountIndex >> 2)]! + words[word + (offset.symbolIndex >> 2)]!;
    sum += words[word + (offset.quantity >> 2)]! + words[word + (offset.price >> 2)]!;
    sum += words[word + (offset.transactTimeNs >> 2)]!;
    sum += batch.rows[at + offset.side]! + batch.rows[at + offset.clOrdId]!;
  }
  return sum;
}

/** The group entries of a market data message, by walking its index once. */
function readEntries(message: FixMessage): number {
  let sum = 0;
  for (let index = 0; index < message.fieldCount; index++) {
    if (MARKET_DATA_TAGS.includes(message.tagAt(index))) sum += message.bytes[message.valueStartAt(index)]!;
  }
  return sum;
}

/** Scans all messages, `batchSize` of them a call, and returns something made of their fields. */
function decoder(batch: FixBatch, kind: MessageKind, messages: readonly string[], batchSize: number): () => number {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < messages.length; at += batchSize)
    chunks.push(Buffer.from(messages.slice(at, at + batchSize).join(''), 'latin1'));
  // One buffer, as a socket's: binding another one each call is not what a lane does.
  const bytes = Buffer.concat(chunks);
  const words = new Uint32Array(batch.rows.buffer, batch.rows.byteOffset, batch.rows.byteLength >> 2);
  const isOrder = kind === 'NewOrderSingle';
  return () => {
    let sum = 0;
    let from = 0;
    for (const chunk of chunks) {
      const count = batch.scan(bytes, from, from + chunk.length);
      from += chunk.length;
      if (isOrder) sum += readRows(batch, words, count);
      else for (let index = 0; index < count; index++) sum += readEntries(batch.select(index));
    }
    return sum;
  };
}

/** Frames, verifies and indexes, orders also to rows, and reads seven fields (of market data, five an entry). */
export function fixDecode(
  native: NativeMode,
  kind: MessageKind,
  messages: readonly string[],
  batchSize: number,
): Promise<Timed | Missing> {
  const name = `headrace, ${LABEL[native]}, batches of ${batchSize}`;
  return orMissing(name, () => {
    const names = kind === 'NewOrderSingle' ? { names: namesOf() } : {};
    const batch = new FixBatch(loadAddon(native), names);
    const call = decoder(batch, kind, messages, batchSize);
    call();
    return { name, unit: UNIT, operations: messages.length, call };
  });
}

/** The order QuickFIX writes, field by field, from integers and text. */
export function fixEncode(count: number): Timed {
  const encoder = new FixEncoder();
  const ids = Array.from({ length: count }, (_, index) => String(10_000_000 + index));
  const timeNs = 1_795_426_200_123_000_000n;
  const quantities = ids.map((_, index) => BigInt(100 + index) * 100_000_000n);
  const prices = ids.map((_, index) => 10_025_000_000n + BigInt(index) * 100_000_000n);
  function encode(index: number): number {
    encoder
      .begin('FIX.4.4', 'D')
      .field(49, 'CL1')
      .field(56, 'HR')
      .field(34, 100_000 + index)
      .timestampField(52, timeNs, 3)
      .field(11, ids[index]!)
      .field(1, 'AC0042')
      .field(21, '1')
      .field(18, 'M')
      .field(55, 'AAPL')
      .field(207, 'XLON')
      .field(54, '1')
      .timestampField(60, timeNs, 3)
      .decimalField(38, quantities[index]!)
      .field(40, '2')
      .decimalField(44, prices[index]!)
      .field(15, 'USD')
      .field(59, '0')
      .field(47, 'A')
      .field(528, 'A');
    return encoder.finish().length;
  }
  function call(): number {
    let bytes = 0;
    for (let index = 0; index < count; index++) bytes += encode(index);
    return bytes;
  }
  return { name: 'headrace, TypeScript encoder', unit: UNIT, operations: count, call };
}
