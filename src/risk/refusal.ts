import {
  DECISION,
  DECISION_PAIR_SIZE,
  DECISION_SIZE,
  INVALID_ORDER,
  NO_REFERENCE,
  ORDER_STATE_FAULT,
  OVERFLOW,
  RULES,
  UNKNOWN_ACCOUNT,
  formatDecimal,
  type RuleName,
} from '../model/index.js';

/** One failed rule of a decision. `text` is what the client reads in Text (58). */
export interface Failure {
  readonly rule: RuleName;
  readonly measured: string;
  readonly limit: string;
  readonly text: string;
}

/** A failed rule's numbers, as a text may need them. */
interface Found {
  readonly measured: bigint;
  readonly limit: bigint;
  readonly measuredText: string;
  readonly limitText: string;
  readonly reference: string;
}

function bitNames(names: Readonly<Record<string, number>>, bits: bigint): string {
  return Object.entries(names)
    .filter(([, bit]) => (Number(bits) & bit) !== 0)
    .map(([name]) => name)
    .join(', ');
}

function collarWords({ measured, measuredText, limitText, reference }: Found): string {
  if (measured === NO_REFERENCE.missing) return 'no reference price';
  if (measured === NO_REFERENCE.stale) return `reference price ${reference} is stale`;
  return `${measuredText} > ${limitText} from reference ${reference}`;
}

function orderStateWords(faults: number): string {
  const { clOrdId, pending, ...of } = ORDER_STATE_FAULT;
  if (faults === clOrdId) return 'the ClOrdID is that of another open order';
  if (faults === pending) return 'another cancel or replace of the order is not answered yet';
  return faults === 0 ? 'the order is unknown or finished' : `${bitNames(of, BigInt(faults))} not as in the order`;
}

/** Rules whose numbers alone do not say enough. */
const WORDS: Partial<Record<RuleName, (found: Found) => string>> = {
  priceCollar: collarWords,
  duplicateClOrdId: () => 'the ClOrdID was used before in this session',
  duplicateOrder: ({ measuredText, limitText }) => `the same order came ${measuredText} ms ago, within ${limitText} ms`,
  restricted: () => 'the symbol is on the restricted list',
  haltFirm: () => 'trading is halted',
  haltAccount: () => 'the account is halted',
  haltSymbol: () => 'the symbol is halted',
  unknownAccount: ({ measured }) =>
    measured === BigInt(UNKNOWN_ACCOUNT.limits) ? 'no limits are set for the account' : 'the account is not known',
  unknownSymbol: () => 'the symbol is not known',
  overflow: ({ measured }) => `${bitNames(OVERFLOW, measured)} does not fit 64 bits`,
  orderState: ({ measured }) => orderStateWords(Number(measured)),
  venueDown: () => 'the venue is not connected',
  journalFull: () => 'the journal has no room',
  invalidOrder: ({ measured }) => `${bitNames(INVALID_ORDER, measured)} cannot be judged`,
};

/** An embedder's rule brings its own words: UTF-8 after the decision. */
function wordsAfter(decision: Uint8Array, offset: number): string {
  return Buffer.from(decision.subarray(offset + DECISION_SIZE)).toString('utf8');
}

/** The failed rules of the decision row at `offset`, in the order of model/decision.ts; empty when it was accepted. */
export function failures(decision: Uint8Array, offset: number): readonly Failure[] {
  const row = new DataView(decision.buffer, decision.byteOffset + offset);
  const mask = row.getUint32(DECISION.offset.failedMask, true);
  const reference = formatDecimal(row.getBigInt64(DECISION.offset.referencePrice, true), 8, 2);
  return RULES.flatMap(({ name, scale }, bit): Failure[] => {
    if ((mask & (1 << bit)) === 0) return [];
    if (name === 'custom') return [{ rule: name, measured: '', limit: '', text: wordsAfter(decision, offset) }];
    const at = DECISION.sizeBytes + bit * DECISION_PAIR_SIZE;
    const [measured, limit] = [row.getBigInt64(at, true), row.getBigInt64(at + 8, true)];
    const decimalsMin = name === 'maxNotional' || name === 'grossNotional' || name === 'priceCollar' ? 2 : 0;
    const measuredText = formatDecimal(measured, scale, decimalsMin);
    const limitText = formatDecimal(limit, scale, decimalsMin);
    const words = WORDS[name]?.({ measured, limit, measuredText, limitText, reference });
    return [
      {
        rule: name,
        measured: measuredText,
        limit: limitText,
        text: `${name}: ${words ?? `${measuredText} > ${limitText}`}`,
      },
    ];
  });
}

/** The first failed rule in words: `maxNotional: 1200000.00 > 1000000.00`; empty when the order was accepted. */
export function refusalText(decision: Uint8Array, offset: number): string {
  return failures(decision, offset)[0]?.text ?? '';
}
