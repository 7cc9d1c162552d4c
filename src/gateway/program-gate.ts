import { NameTable } from '../codec/index.js';
import {
  CapacityError,
  ConfigError,
  DECISION_SIZE,
  NO_INDEX,
  ORDER,
  ORDER_FLAG,
  STATUS,
  invariant,
} from '../model/index.js';
import { loadAddon, type NativeMode } from '../native/index.js';
import { createGate, failures, limitCommands, type Gate, type GateLimits } from '../risk/index.js';

/** One order as it is judged. Quantity and price are integers at 10^-8; side, ordType and timeInForce the characters of FIX. */
export interface JudgedOrder {
  readonly clOrdID: string;
  readonly account: string;
  readonly symbol: string;
  readonly session: string;
  readonly side: string;
  readonly ordType: string;
  readonly timeInForce: string;
  readonly quantity: bigint;
  readonly price: bigint | undefined;
}

/** The first rule that refused an order. */
export interface Refusal {
  readonly rule: string;
  readonly value: string;
  readonly limit: string;
}

const NAMES_MAX = 10_000;
const CL_ORD_IDS = 100_000;
const O = ORDER.offset;
const PRICED = /"(maxNotional|collarBps|collarAbsolute)":/;
/** Limits of what is held: executions move that, and only a gateway folds them. */
const HELD = /"(maxPosition|grossNotional)":/;

/**
 * The gate in a program of one's own: each order by itself against quantity, notional, collar, rate, restrictions and repeated ClOrdIDs. It holds
 * no positions, so limits of them are refused (ConfigError HR_CONFIG).
 */
export class ProgramGate {
  readonly #gate: Gate;
  readonly #accounts = new NameTable({ capacity: NAMES_MAX });
  readonly #symbols = new NameTable({ capacity: NAMES_MAX });
  readonly #limited = new Set<string>();
  /** Without a limit of prices a market order needs none, and no collar is looked at. */
  readonly #isPriced: boolean;
  readonly #row = Buffer.alloc(ORDER.sizeBytes);
  readonly #decision = new Uint8Array(DECISION_SIZE);

  constructor(
    private readonly limits: GateLimits,
    private readonly sessions: readonly string[],
    native: NativeMode,
  ) {
    const text = JSON.stringify(limits);
    this.#isPriced = PRICED.test(text);
    const held = HELD.exec(text)?.[1];
    if (held !== undefined)
      throw new ConfigError(
        'HR_CONFIG',
        `limits: ${held} needs the executions; run a gateway, whose ledger folds them`,
      );
    this.#gate = createGate({
      accounts: NAMES_MAX,
      symbols: NAMES_MAX,
      sessions: Math.max(sessions.length, 1),
      pairs: NAMES_MAX,
      clOrdIds: CL_ORD_IDS,
      duplicateWindow: { orders: 0, timeMs: 0 },
      addon: loadAddon(native),
    });
    this.#apply(limits);
  }

  /** Judges an order and remembers its ClOrdID; undefined: it passes. Throws CapacityError when there is no room for another name. */
  judge(order: JudgedOrder, nowNs: bigint): Refusal | undefined {
    this.#admit(order.account);
    this.#write(order);
    this.#gate.clock(nowNs);
    if (this.#gate.check(this.#row, 0, this.#decision, 0) === STATUS.ok.code) return undefined;
    const first = failures(this.#decision, 0).find(({ rule }) => rule !== 'priceCollar' || this.#isPriced);
    return first && { rule: first.rule, value: first.measured, limit: first.limit };
  }

  /** What a market order, and a collar, is measured by from now on; at 10^-8. */
  reference(symbol: string, price: bigint, nowNs: bigint): void {
    this.#gate.reference(indexOf(this.#symbols, symbol), price, 0, nowNs);
  }

  /** An account that the limits do not name has those of every account; where they name accounts, no other trades. */
  #admit(account: string): void {
    const { accounts, everyAccount } = this.limits;
    if (accounts !== undefined || this.#limited.has(account)) return;
    this.#limited.add(account);
    this.#apply({ ...(everyAccount && { everyAccount }), accounts: { [account]: {} } });
  }

  #apply(limits: GateLimits): void {
    const names = {
      account: (name: string) => this.#accounts.internText(name),
      symbol: (name: string) => this.#symbols.internText(name),
      session: (name: string) => (this.sessions.includes(name) ? this.sessions.indexOf(name) : NO_INDEX),
    };
    for (const command of limitCommands(limits, names)) {
      const status = this.#gate.apply(command, 0, command.length);
      invariant(status === STATUS.ok.code, 'the gate refused a limit', { status });
    }
  }

  #write(order: JudgedOrder): void {
    const row = this.#row.fill(0);
    row.writeUInt32LE(indexOf(this.#accounts, order.account), O.accountIndex);
    row.writeUInt32LE(indexOf(this.#symbols, order.symbol), O.symbolIndex);
    row.writeUInt32LE(this.sessions.indexOf(order.session), O.sessionIndex);
    row.write('D', O.msgType, 'latin1');
    row.write(order.side, O.side, 'latin1');
    row.write(order.ordType, O.ordType, 'latin1');
    row.write(order.timeInForce, O.timeInForce, 'latin1');
    row.writeBigInt64LE(order.quantity, O.quantity);
    row.writeBigInt64LE(order.price ?? 0n, O.price);
    row.writeUInt32LE(order.price === undefined ? 0 : ORDER_FLAG.hasPrice, O.flags);
    row.writeUInt8(order.clOrdID.length, O.clOrdId);
    row.write(order.clOrdID, O.clOrdId + 1, 47, 'latin1');
  }
}

function indexOf(table: NameTable, name: string): number {
  const index = table.internText(name);
  if (index === NO_INDEX)
    throw new CapacityError(
      'HR_CAPACITY',
      `no room for the name ${JSON.stringify(name)}: ${table.capacity} are held, of ${table.nameSizeMax} bytes`,
    );
  return index;
}
