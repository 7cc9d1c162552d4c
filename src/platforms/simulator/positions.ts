import type { FixMessage } from '../../codec/index.js';
import { systemNowNs } from '../../trading/index.js';
import { dateOf, decimalOf, field, groupOf } from '../message-fields.js';
import type { Play } from './orders.js';
import { TAG as T } from './tags.js';

/** Accounts and symbols together; what is filled beyond is not in the positions. */
const PAIRS_MAX = 100_000;
const VALID = '0';
const NONE_FOUND = '2';

/** What was filled, by account and symbol. */
export class Positions {
  readonly #held = new Map<string, Map<string, bigint>>();
  #pairs = 0;

  add(account: string, symbol: string, quantity: bigint): void {
    const ofAccount = this.#held.get(account) ?? new Map<string, bigint>();
    const before = ofAccount.get(symbol);
    if (before === undefined && ++this.#pairs > PAIRS_MAX) return;
    this.#held.set(account, ofAccount.set(symbol, (before ?? 0n) + quantity));
  }

  /** Quantities at 10^-8, above 0 long. */
  of(account: string): readonly (readonly [symbol: string, quantity: bigint])[] {
    return [...(this.#held.get(account) ?? [])];
  }
}

/** Answers a RequestForPositions: its acknowledgement, and a PositionReport for each symbol. */
export function answerPositions(play: Play, positions: Positions, message: FixMessage): void {
  play.counts.positionRequestsReceived++;
  const account = message.textOf(T.Account) ?? '';
  const held = positions.of(account);
  const shared = [
    field(T.Account, account),
    field(T.AccountType, message.textOf(T.AccountType) ?? '1'),
    field(T.PosReqID, message.textOf(T.PosReqID) ?? ''),
    field(T.PosReqResult, held.length > 0 ? VALID : NONE_FOUND),
  ];
  play.send('AO', [
    ...shared,
    field(T.PosMaintRptID, play.newID('R')),
    field(T.TotalNumPosReports, held.length),
    field(T.PosReqStatus, '0'),
  ]);
  for (const [symbol, quantity] of held) {
    const price = play.options.prices.get(symbol) ?? 0n;
    play.send('AP', [
      ...shared,
      field(T.Symbol, symbol),
      groupOf(T.NoPositions, [
        [
          field(T.PosType, 'TQ'),
          decimalOf(T.LongQty, quantity > 0n ? quantity : 0n),
          decimalOf(T.ShortQty, quantity < 0n ? -quantity : 0n),
        ],
      ]),
      dateOf(T.ClearingBusinessDate, systemNowNs()),
      field(T.PosMaintRptID, play.newID('R')),
      decimalOf(T.SettlPrice, price),
      field(T.SettlPriceType, '1'),
      decimalOf(T.PriorSettlPrice, price),
    ]);
  }
}
