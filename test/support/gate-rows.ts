import {
  DECISION,
  DECISION_PAIR_SIZE,
  DECISION_SIZE,
  ORDER,
  ORDER_FLAG,
  RULES,
  RULE_BIT,
  STATUS,
  parseDecimal,
  type RuleName,
} from '../../src/model/index.js';
import { failures, refusalText, type Gate } from '../../src/risk/index.js';

const O = ORDER.offset;

/** An order as a test writes it; what is left out is a limit order to buy 100 at 50.00 by account 0 in symbol 0. */
export interface OrderFields {
  readonly account?: number;
  readonly symbol?: number;
  readonly session?: number;
  readonly msgType?: 'D' | 'F' | 'G' | 'Z';
  readonly side?: string;
  readonly ordType?: string;
  readonly quantity?: string | bigint;
  readonly price?: string | bigint | null; // null: the order has none
  readonly clOrdId?: string;
}

const scaled = (value: string | bigint): bigint => (typeof value === 'bigint' ? value : parseDecimal(value, 8)!);

let idsGiven = 0;

/** A ClOrdID no other order of this process has. */
export const nextClOrdId = (): string => `ID${++idsGiven}`;

export function writeOrder(row: Buffer, offset: number, fields: OrderFields): void {
  const { account = 0, symbol = 0, session = 0, msgType = 'D', side = '1', quantity = '100', price = '50' } = fields;
  const id = fields.clOrdId ?? nextClOrdId();
  row.fill(0, offset, offset + ORDER.sizeBytes);
  row.writeUInt32LE(account, offset + O.accountIndex);
  row.writeUInt32LE(symbol, offset + O.symbolIndex);
  row.writeUInt32LE(session, offset + O.sessionIndex);
  row.write(msgType, offset + O.msgType, 'latin1');
  row.write(side, offset + O.side, 'latin1');
  row.write(fields.ordType ?? (price === null ? '1' : '2'), offset + O.ordType, 'latin1');
  row.writeBigInt64LE(scaled(quantity), offset + O.quantity);
  row.writeBigInt64LE(price === null ? 0n : scaled(price), offset + O.price);
  row.writeUInt32LE(price === null ? 0 : ORDER_FLAG.hasPrice, offset + O.flags);
  row.writeUInt8(id.length, offset + O.clOrdId);
  row.write(id, offset + O.clOrdId + 1, 47, 'latin1');
}

export function orderRow(fields: OrderFields): Buffer {
  const row = Buffer.alloc(ORDER.sizeBytes);
  writeOrder(row, 0, fields);
  return row;
}

export interface Verdict {
  readonly status: number;
  /** The first failed rule in words, '' when accepted. */
  readonly text: string;
  readonly failed: readonly RuleName[];
  readonly evaluated: readonly RuleName[];
  readonly row: Buffer;
  pair(rule: RuleName): readonly [measured: bigint, limit: bigint];
}

/** Checks one order and reads the whole decision. */
export function checkOrder(gate: Gate, fields: OrderFields): Verdict {
  const row = Buffer.alloc(DECISION_SIZE, 0xee);
  const order = orderRow(fields);
  const status = gate.check(order, 0, row, 0);
  if (status === STATUS.ok.code) gate.accepted(order, 0);
  const mask = row.readUInt32LE(DECISION.offset.evaluatedMask);
  return {
    status,
    text: refusalText(row, 0),
    failed: failures(row, 0).map(failure => failure.rule),
    evaluated: RULES.filter((_, bit) => (mask & (1 << bit)) !== 0).map(rule => rule.name),
    row,
    pair(rule) {
      const at = DECISION.sizeBytes + RULE_BIT[rule] * DECISION_PAIR_SIZE;
      return [row.readBigInt64LE(at), row.readBigInt64LE(at + 8)];
    },
  };
}
