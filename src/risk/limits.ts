import {
  ConfigError,
  DECIMAL_SCALE,
  GATE_COMMAND,
  GATE_COMMAND_KIND,
  NO_INDEX,
  NO_LIMIT,
  NO_LIMIT_U32,
  parseDecimal,
} from '../model/index.js';
import { tightest } from './amounts.js';

const C = GATE_COMMAND.offset;
const NOTIONAL_SCALE = 2;

/** The fields a command sets; the others say "no limit" or are 0. */
export interface GateCommandFields {
  readonly kind: number;
  readonly accountIndex?: number;
  readonly symbolIndex?: number;
  readonly sessionIndex?: number;
  readonly value?: number;
  readonly collarBps?: number;
  readonly staleAfterMs?: number;
  readonly rateWindowMs?: number;
  readonly rateOrders?: bigint;
  readonly maxQuantity?: bigint;
  readonly maxNotional?: bigint;
  readonly maxPosition?: bigint;
  readonly grossNotional?: bigint;
  readonly collarAbsolute?: bigint;
  readonly quantity?: bigint;
  readonly averagePrice?: bigint;
}

const DEFAULTS = {
  accountIndex: NO_INDEX,
  symbolIndex: NO_INDEX,
  sessionIndex: NO_INDEX,
  value: 0,
  collarBps: NO_LIMIT_U32,
  staleAfterMs: NO_LIMIT_U32,
  rateWindowMs: NO_LIMIT_U32,
  rateOrders: NO_LIMIT,
  maxQuantity: NO_LIMIT,
  maxNotional: NO_LIMIT,
  maxPosition: NO_LIMIT,
  grossNotional: NO_LIMIT,
  collarAbsolute: NO_LIMIT,
  quantity: 0n,
  averagePrice: 0n,
};

/** The payload of a gate command; `reason` (an operator's words) follows the row as UTF-8. */
export function encodeGateCommand(fields: GateCommandFields, reason = ''): Uint8Array {
  const bytes = Buffer.alloc(GATE_COMMAND.sizeBytes + Buffer.byteLength(reason));
  for (const [name, value] of Object.entries({ ...DEFAULTS, ...fields })) {
    const at = C[name as keyof typeof C];
    if (typeof value === 'bigint') bytes.writeBigInt64LE(value, at);
    else bytes.writeUInt32LE(value, at);
  }
  bytes.write(reason, GATE_COMMAND.sizeBytes);
  return bytes;
}

/** Limits as a person writes them: decimal text for money and quantities, plain numbers for times, basis points and counts. */
export interface SizeLimits {
  readonly maxQuantity?: string;
  readonly maxNotional?: string;
}

export interface MarketLimits extends SizeLimits {
  readonly collarBps?: number;
  readonly collarAbsolute?: string;
  readonly staleAfterMs?: number;
}

export interface PairLimits extends SizeLimits {
  readonly maxPosition?: string;
}

export interface AccountLimits extends PairLimits {
  readonly grossNotional?: string;
  /** Limits of this account in one symbol, by symbol. */
  readonly symbols?: Readonly<Record<string, PairLimits>>;
}

export interface GateLimits {
  readonly firm?: MarketLimits;
  readonly accounts?: Readonly<Record<string, AccountLimits>>;
  /** Holds for each account beside its own, and for those that only a load names. */
  readonly everyAccount?: AccountLimits;
  readonly symbols?: Readonly<Record<string, MarketLimits>>;
  readonly sessions?: Readonly<
    Record<string, { readonly messageRate: { readonly orders: number; readonly windowMs: number } }>
  >;
  readonly restricted?: readonly string[];
}

/** Name to index, interning where the caller interns; NO_INDEX when the name has no place. */
export interface GateNames {
  account(name: string): number;
  symbol(name: string): number;
  session(name: string): number;
}

function indexOf(kind: keyof GateNames, name: string, names: GateNames): number {
  const index = names[kind](name);
  if (index === NO_INDEX)
    throw new ConfigError('HR_CONFIG', `limits: ${kind} ${name} is not known, or its table is full`);
  return index;
}

function decimal(text: string, scale: number, path: string): bigint {
  const value = parseDecimal(text, scale);
  if (value === undefined || value < 0n || value >= 1n << 63n)
    throw new ConfigError(
      'HR_CONFIG',
      `limits: ${path}: ${text} is not a number of 0 or more with at most ${scale} decimals`,
    );
  return value;
}

const SCALES = {
  maxQuantity: DECIMAL_SCALE,
  maxNotional: NOTIONAL_SCALE,
  maxPosition: DECIMAL_SCALE,
  grossNotional: NOTIONAL_SCALE,
  collarAbsolute: DECIMAL_SCALE,
} as const;

function count(value: number, path: string): number {
  if (Number.isInteger(value) && value >= 0 && value < NO_LIMIT_U32) return value;
  throw new ConfigError('HR_CONFIG', `limits: ${path}: ${value} is not a whole number of 0 or more`);
}

/** Turns the limit fields present into command fields. */
function limitFields(limits: object, path: string): Partial<GateCommandFields> {
  const fields: Record<string, bigint | number> = {};
  for (const [name, value] of Object.entries(limits)) {
    if (name in SCALES) fields[name] = decimal(String(value), SCALES[name as keyof typeof SCALES], `${path}.${name}`);
    else if (typeof value === 'number') fields[name] = count(value, `${path}.${name}`);
  }
  return fields;
}

/** An account's own limits as the gate holds them: quantities at 10^-8, notionals at 10^-2, NO_LIMIT where none is set. */
export interface AccountLimitFields {
  readonly maxQuantity: bigint;
  readonly maxNotional: bigint;
  readonly maxPosition: bigint;
  readonly grossNotional: bigint;
}

const NO_LIMITS: AccountLimitFields = {
  maxQuantity: NO_LIMIT,
  maxNotional: NO_LIMIT,
  maxPosition: NO_LIMIT,
  grossNotional: NO_LIMIT,
};

/** What a person wrote of an account: its own limits and those of every account. Throws ConfigError naming the path of a value that is no decimal. */
export function accountLimitFields({ accounts, everyAccount }: GateLimits, account: string): AccountLimitFields {
  const own = limitFields(accounts?.[account] ?? {}, `accounts.${account}`);
  return tighterLimits({ ...NO_LIMITS, ...own }, { ...NO_LIMITS, ...limitFields(everyAccount ?? {}, 'everyAccount') });
}

/** Of each limit the tighter one: where two sources limit an account, both hold. */
export function tighterLimits(one: AccountLimitFields, other: AccountLimitFields): AccountLimitFields {
  return {
    maxQuantity: tightest(one.maxQuantity, other.maxQuantity),
    maxNotional: tightest(one.maxNotional, other.maxNotional),
    maxPosition: tightest(one.maxPosition, other.maxPosition),
    grossNotional: tightest(one.grossNotional, other.grossNotional),
  };
}

function accountCommands(limits: GateLimits, name: string, names: GateNames): Uint8Array[] {
  const accountIndex = indexOf('account', name, names);
  const fields = accountLimitFields(limits, name);
  const own = encodeGateCommand({ ...fields, kind: GATE_COMMAND_KIND.accountLimits, accountIndex });
  const pairs = Object.entries(limits.accounts?.[name]?.symbols ?? {}).map(([symbol, pair]) =>
    encodeGateCommand({
      ...limitFields(pair, `accounts.${name}.symbols.${symbol}`),
      kind: GATE_COMMAND_KIND.pairLimits,
      accountIndex,
      symbolIndex: indexOf('symbol', symbol, names),
    }),
  );
  return [own, ...pairs];
}

/**
 * The commands that set the limits of a plain object (a YAML fixture), one a scope; they replace those scopes and leave others.
 * Put `encodeGateCommand({ kind: reset, value: … })` before them for limits that the object no longer names.
 * Throws ConfigError naming the path of a value that is no decimal, or a name that has no index.
 */
export function limitCommands(limits: GateLimits, names: GateNames): Uint8Array[] {
  const { firm, accounts = {}, symbols = {}, sessions = {}, restricted = [] } = limits;
  const kind = GATE_COMMAND_KIND;
  const commands =
    firm === undefined ? [] : [encodeGateCommand({ ...limitFields(firm, 'firm'), kind: kind.firmLimits })];
  for (const name of Object.keys(accounts)) commands.push(...accountCommands(limits, name, names));
  for (const [name, symbol] of Object.entries(symbols)) {
    const symbolIndex = indexOf('symbol', name, names);
    commands.push(
      encodeGateCommand({ ...limitFields(symbol, `symbols.${name}`), kind: kind.symbolLimits, symbolIndex }),
    );
  }
  for (const [name, { messageRate }] of Object.entries(sessions)) {
    const rateOrders = BigInt(count(messageRate.orders, `sessions.${name}.messageRate.orders`));
    const rateWindowMs = count(messageRate.windowMs, `sessions.${name}.messageRate.windowMs`);
    const sessionIndex = indexOf('session', name, names);
    commands.push(encodeGateCommand({ kind: kind.sessionLimits, sessionIndex, rateOrders, rateWindowMs }));
  }
  for (const name of restricted)
    commands.push(encodeGateCommand({ kind: kind.restrict, symbolIndex: indexOf('symbol', name, names), value: 1 }));
  return commands;
}
