/** Our FIX codec on the bench's messages, read and written in one buffer as a receive would deliver them. */
import { FixBatch, NameTable, OrderEncoder, type FixMessage } from '../src/codec/index.js';
import { ORDER, STATUS, invariant } from '../src/model/index.js';
import { loadAddon, type NativeMode } from '../src/native/index.js';
import type { MessageKind } from './fix-messages.js';
import type { Missing, Timed } from './harness.js';
import { orMissing } from './harness.js';

export const UNIT = 'messages/s';

const OK = STATUS.ok.code;
const LABEL = { require: 'native', prefer: 'native where built', off: 'TypeScript twin' } as const;

function namesOf(): { accounts: NameTable; symbols: NameTable } {
  const accounts = new NameTable({ capacity: 1024 });
  const symbols = new NameTable({ capacity: 1024 });
  for (let index = 0; index < 1000; index++) accounts.internText(`AC${String(index).padStart(4, '0')}`);
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

/** Of each group entry of a market data message its action, type, symbol, price and size, by walking its index once. */
function readEntries(message: FixMessage): number {
  let sum = 0;
  for (let index = 0; index < message.fieldCount; index++) {
    const tag = message.tagAt(index);
    if (tag === 279 || tag === 269 || tag === 55 || tag === 270 || tag === 271)
      sum += message.bytes[message.valueStartAt(index)]!;
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

/** The orders of these messages written from their rows in one call, with the fields that a row does not hold. */
export function fixEncode(native: NativeMode, messages: readonly string[]): Promise<Timed | Missing> {
  const name = `headrace, ${LABEL[native]}, ORDER rows`;
  return orMissing(name, () => {
    const names = namesOf();
    const batch = new FixBatch(undefined, { names });
    const bytes = Buffer.from(messages.join(''), 'latin1');
    const count = batch.scan(bytes, 0, bytes.length);
    invariant(count === messages.length, 'the orders are one batch');
    const encoder = new OrderEncoder(loadAddon(native), {
      beginString: 'FIX.4.4',
      senderCompID: 'CL1',
      targetCompID: 'HR',
      names,
      constants: [
        [21, '1'],
        [18, 'M'],
        [207, 'XLON'],
        [15, 'USD'],
        [63, '0'],
        [528, 'A'],
      ],
    });
    const input = { rows: batch.rows, count, msgSeqNum: 100_000, timeNs: 1_795_426_200_123_000_000n };
    invariant(encoder.encode(input) > bytes.length * 0.95, 'every order is written whole');
    return { name, unit: UNIT, operations: count, call: () => encoder.encode(input) };
  });
}
