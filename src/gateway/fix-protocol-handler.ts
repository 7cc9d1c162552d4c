import { readFileSync } from 'node:fs';

import { builtInDictionaries, readQuickFixDictionary, type Dictionaries, type FixEncoder } from '../codec/index.js';
import { CL_ORD_ID_SIZE_MAX, ConfigError, ConnectionError, DECIMAL_SCALE, parseDecimal } from '../model/index.js';
import { loadAddon, type NativeMode } from '../native/index.js';
import type { GateLimits } from '../risk/index.js';
import { isBefore42 } from '../session/index.js';
import {
  FixEngine,
  MemoryStore,
  openFileStore,
  planSessions,
  readSettings,
  systemNowNs,
  type EngineSession,
  type FixApplication,
  type SessionOptions,
  type SessionPlan,
  type SettingsFinding,
} from '../trading/index.js';
import { ProgramGate, type JudgedOrder } from './program-gate.js';
import { findingText } from './quickfix-import.js';

export interface FIXProtocolHandlerOptions {
  /** Path of a settings file of QuickFIX or QuickFIX/J. */
  readonly settings: string;
  /** What each order is judged by before it is sent; positions and gross notional are a gateway's. */
  readonly limits?: GateLimits;
  /** What is made of messages and events of the sessions; without it application messages are taken and dropped. */
  readonly application?: FixApplication;
  readonly native?: NativeMode;
}

/** A NewOrderSingle in words. Quantities and prices are decimal texts: a number is read by its shortest text. */
export interface OrderToSend {
  readonly clientOrderId: string;
  readonly symbol: string;
  /** BUY, SELL, SELL_SHORT, or the character of Side (54). */
  readonly side: string;
  /** MARKET or LIMIT, or the character of OrdType (40). */
  readonly orderType: string;
  readonly quantity: string | number | bigint;
  /** Of a limit order. */
  readonly price?: string | number | bigint | undefined;
  /** DAY, GTC, OPG, IOC or FOK, or the character of TimeInForce (59). */
  readonly timeInForce?: string | undefined;
  readonly account?: string | undefined;
  /** `FIX.4.4:US->THEM`; without it the only one that is logged on. */
  readonly session?: string | undefined;
}

export type SendOrderResult =
  | { readonly status: 'SENT'; readonly clientOrderId: string; readonly msgSeqNum: number }
  | { readonly status: 'REFUSED'; readonly rule: string; readonly value: string; readonly limit: string };

type Refused = Extract<SendOrderResult, { status: 'REFUSED' }>;

const SIDES: Readonly<Record<string, string>> = { BUY: '1', SELL: '2', SELL_SHORT: '5', '1': '1', '2': '2', '5': '5' };
const ORD_TYPES: Readonly<Record<string, string>> = { MARKET: '1', LIMIT: '2', '1': '1', '2': '2' };
const TIMES: Readonly<Record<string, string>> = {
  DAY: '0',
  GTC: '1',
  OPG: '2',
  IOC: '3',
  FOK: '4',
  '0': '0',
  '1': '1',
  '2': '2',
  '3': '3',
  '4': '4',
};
/** Printable, one byte a character: what a text field of ours may hold. */
const TEXT = /^[\x20-\x7e\xa0-\xff]+$/;
const DECIMAL_MAX = 1n << 63n;

/**
 * The FIX sessions of a QuickFIX settings file in a program of one's own: no gateway, no ledger. Orders are judged here by `limits`, each by itself; where
 * positions count, let the program log on to a gateway, whose gate then judges what it sends.
 */
export class FIXProtocolHandler {
  /** What the settings file asks for and is not done, each with its line and a remedy. */
  readonly findings: readonly SettingsFinding[];
  readonly #plans: readonly SessionPlan[];
  readonly #engine: FixEngine;
  readonly #gate: ProgramGate;
  #isStarted = false;

  /** Reads the settings file; nothing runs until `start`. Throws ConfigError with every fault of the file. */
  constructor({ settings, limits = {}, application, native = 'prefer' }: FIXProtocolHandlerOptions) {
    const { plans, findings } = planSessions(readSettings(textOf(settings), { file: settings }));
    const wrong = findings.filter(({ kind }) => kind === 'invalid');
    if (wrong.length > 0) throw new ConfigError('HR_FIX_SETTINGS', wrong.map(findingText).join('\n'));
    this.#plans = plans;
    this.findings = findings;
    this.#gate = new ProgramGate(
      limits,
      plans.map(({ name }) => name),
      native,
    );
    this.#engine = new FixEngine({
      application: application ?? { onMessage: () => 'taken' },
      native: loadAddon(native),
    });
  }

  get sessions(): readonly EngineSession[] {
    return this.#engine.sessions;
  }

  /** Opens stores, ports and connections. Rejects with what cannot be had: a store that another process has, a port. */
  async start(): Promise<void> {
    if (this.#isStarted) return;
    this.#isStarted = true;
    try {
      for (const plan of this.#plans) this.#add(plan);
      const ports = new Map(
        this.#plans.flatMap(({ accept, tls }) => (accept ? [[`${accept.host} ${accept.port}`, { accept, tls }]] : [])),
      );
      for (const { accept, tls } of ports.values()) await this.#engine.listen({ ...accept, ...(tls && { tls }) });
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /**
   * Judges an order and sends it as NewOrderSingle. Resolves once that is written, or refused by a rule. Rejects only where no order could be sent:
   * ConnectionError `HR_NO_FIX_SESSION`, OutputError `HR_FIX_STORE`, CapacityError `HR_CAPACITY`.
   */
  async sendOrder(order: OrderToSend): Promise<SendOrderResult> {
    const session = this.#sessionFor(order.session);
    const read = readOrder(order, session.name);
    if ('status' in read) return read;
    const nowNs = systemNowNs();
    const refusal = this.#gate.judge(read, nowNs);
    if (refusal !== undefined) return { status: 'REFUSED', ...refusal };
    const msgSeqNum = session.send('D', encoder => writeOrder(encoder, read, { ...order, session, nowNs }));
    if (msgSeqNum === 0) throw noSession(`${session.name} did not take the order`);
    return { status: 'SENT', clientOrderId: order.clientOrderId, msgSeqNum };
  }

  /**
   * The latest price of a symbol: what collars, and market orders under a limit of notional, are measured by until it is stale
   * (`staleAfterMs`). Throws ConfigError (HR_CONFIG) for a price that is none.
   */
  referencePrice(symbol: string, price: string | number | bigint): void {
    const known = amount(price);
    if (known === undefined)
      throw new ConfigError('HR_CONFIG', `the price ${price} of ${symbol} is no number above 0 of at most 8 decimals`);
    this.#gate.reference(symbol, known, systemNowNs());
  }

  /** Logs every session out and closes all. */
  async close(): Promise<void> {
    await this.#engine.close();
  }

  #add(plan: SessionPlan): void {
    const { settings, hosts, tls, reconnectSeconds } = plan;
    const options = sessionOptions(plan);
    const waitMs = reconnectSeconds * 1000;
    if (settings.role === 'acceptor') this.#engine.addAcceptor(settings, options);
    else
      this.#engine.addInitiator(settings, {
        ...options,
        hosts,
        backoff: { firstMs: Math.min(waitMs, 1_000), maxMs: waitMs },
        ...(tls && { tls }),
      });
  }

  #sessionFor(name: string | undefined): EngineSession {
    const active = this.sessions.filter(({ session }) => session.state === 'active');
    const [first, second] = name === undefined ? active : active.filter(session => session.name === name);
    if (first !== undefined && second === undefined) return first;
    const known = this.#plans.map(plan => plan.name).join(', ');
    if (name !== undefined) throw noSession(`${name} is not logged on; the settings have ${known}`);
    throw noSession(
      first === undefined ? `none is logged on of ${known}` : `name one: several are logged on of ${known}`,
    );
  }
}

function noSession(reason: string): ConnectionError {
  return new ConnectionError('HR_NO_FIX_SESSION', reason, { retryable: true });
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ConfigError('HR_FIX_SETTINGS', `${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

function sessionOptions({ name, store, persistMessages, dictionaries }: SessionPlan): SessionOptions {
  const own = new Map(dictionaries.map(readQuickFixDictionary).map(dictionary => [dictionary.version, dictionary]));
  const chosen: Dictionaries = version => own.get(version) ?? builtInDictionaries(version);
  const keepsMessages = persistMessages;
  const kept =
    store === undefined
      ? new MemoryStore({ keepsMessages })
      : openFileStore({ folder: store.folder, session: name, durability: store.sync ? 'each' : 'os', keepsMessages });
  return { store: kept, ...(own.size > 0 && { dictionaries: chosen }) };
}

/** The order as the gate judges it, or the field that is none. */
function readOrder(order: OrderToSend, session: string): JudgedOrder | Refused {
  const { clientOrderId, symbol, account = '' } = order;
  const side = SIDES[String(order.side).toUpperCase()];
  const ordType = ORD_TYPES[String(order.orderType).toUpperCase()];
  const timeInForce = TIMES[String(order.timeInForce ?? 'DAY').toUpperCase()];
  const quantity = amount(order.quantity);
  const price = order.price === undefined ? undefined : amount(order.price);
  const isId = TEXT.test(clientOrderId) && clientOrderId.length <= CL_ORD_ID_SIZE_MAX;
  if (!isId) return refused('clientOrderId', clientOrderId, `1 to ${CL_ORD_ID_SIZE_MAX} printable characters`);
  if (!TEXT.test(symbol)) return refused('symbol', symbol, 'printable characters');
  if (account !== '' && !TEXT.test(account)) return refused('account', account, 'printable characters');
  if (side === undefined) return refused('side', order.side, Object.keys(SIDES).join(', '));
  if (ordType === undefined) return refused('orderType', order.orderType, Object.keys(ORD_TYPES).join(', '));
  if (timeInForce === undefined) return refused('timeInForce', order.timeInForce, Object.keys(TIMES).join(', '));
  if (quantity === undefined) return refused('quantity', order.quantity, 'a number above 0 of at most 8 decimals');
  if ((ordType === '2') !== (price !== undefined))
    return refused(
      'price',
      order.price,
      ordType === '2' ? 'a number above 0 of at most 8 decimals' : 'none of a market order',
    );
  // The gate knows an order without an account as one of the account -.
  return {
    clOrdID: clientOrderId,
    account: account || '-',
    symbol,
    session,
    side,
    ordType,
    timeInForce,
    quantity,
    price,
  };
}

function amount(value: string | number | bigint): bigint | undefined {
  const amount = parseDecimal(String(value), DECIMAL_SCALE);
  return amount !== undefined && amount > 0n && amount < DECIMAL_MAX ? amount : undefined;
}

function refused(rule: string, value: unknown, limit: string): Refused {
  return { status: 'REFUSED', rule, value: String(value), limit };
}

interface Sending extends Omit<OrderToSend, 'session'> {
  readonly session: EngineSession;
  readonly nowNs: bigint;
}

/** Fields by ascending tag, as `send` wants them. */
function writeOrder(encoder: FixEncoder, order: JudgedOrder, { account, timeInForce, nowNs, session }: Sending): void {
  const { beginString, timestampDecimals } = session.session.settings;
  if (account !== undefined && account !== '') encoder.field(1, account);
  encoder.field(11, order.clOrdID);
  // HandlInst was required until FIX.4.3: 1, automated, without a broker's hand.
  if (beginString < 'FIX.4.4') encoder.field(21, '1');
  encoder.decimalField(38, order.quantity).field(40, order.ordType);
  if (order.price !== undefined) encoder.decimalField(44, order.price);
  encoder.field(54, order.side).field(55, order.symbol);
  if (timeInForce !== undefined) encoder.field(59, order.timeInForce);
  if (!isBefore42(beginString)) encoder.timestampField(60, nowNs, timestampDecimals);
}
