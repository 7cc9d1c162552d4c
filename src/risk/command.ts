import {
  GATE_ACCOUNT,
  GATE_COMMAND,
  GATE_COMMAND_KIND as KIND,
  GATE_FLAG,
  GATE_HEADER,
  GATE_LINE_SIZE,
  GATE_PAIR,
  GATE_RESET,
  GATE_SESSION,
  GATE_SESSION_SIZE,
  GATE_SYMBOL,
  NO_LIMIT,
  NO_LIMIT_U32,
  STATUS,
} from '../model/index.js';
import { positionNotional, setPosition } from './exposure.js';
import { claimPair, clearPairLimits, sweepPairs } from './pairs.js';
import { clearRate } from './rate.js';
import type { GateState } from './state.js';

const A = GATE_ACCOUNT.offset;
const C = GATE_COMMAND.offset;
const H = GATE_HEADER.offset;
const P = GATE_PAIR.offset;
const S = GATE_SESSION.offset;
const Y = GATE_SYMBOL.offset;
const OK = STATUS.ok.code;
const BAD = STATUS.badCommand.code;

const RESET_BITS = Object.values(GATE_RESET).reduce((bits, bit) => bits | bit, 0);
const LIMITS = ['rateOrders', 'maxQuantity', 'maxNotional', 'maxPosition', 'grossNotional', 'collarAbsolute'] as const;

/** A command's fields, read from its payload. */
class Command {
  readonly #view: DataView;
  constructor(bytes: Uint8Array, start: number) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset + start, GATE_COMMAND.sizeBytes);
  }
  u32(offset: number): number {
    return this.#view.getUint32(offset, true);
  }
  i64(offset: number): bigint {
    return this.#view.getBigInt64(offset, true);
  }
  get on(): boolean {
    return this.u32(C.value) === 1;
  }
  get limitsAreValid(): boolean {
    return LIMITS.every(name => this.i64(C[name]) >= NO_LIMIT);
  }
}

function copyMarketLimits(state: GateState, command: Command, to: typeof Y | typeof H, at: number): number {
  state.setI64(at + to.maxQuantity, command.i64(C.maxQuantity));
  state.setI64(at + to.maxNotional, command.i64(C.maxNotional));
  state.setI64(at + to.collarAbsolute, command.i64(C.collarAbsolute));
  state.setU32(at + to.collarBps, command.u32(C.collarBps));
  state.setU32(at + to.staleAfterMs, command.u32(C.staleAfterMs));
  return OK;
}

function setAccountLimits(state: GateState, command: Command, at: number): number {
  for (const name of ['maxQuantity', 'maxNotional', 'maxPosition', 'grossNotional'] as const)
    state.setI64(at + A[name], command.i64(C[name]));
  state.setFlag(at + A.flags, GATE_FLAG.limited, true);
  return OK;
}

function setPairLimits(state: GateState, command: Command): number {
  const pair = claimPair(state, command.u32(C.accountIndex), command.u32(C.symbolIndex));
  if (pair === 0) return STATUS.capacity.code;
  for (const name of ['maxQuantity', 'maxNotional', 'maxPosition'] as const)
    state.setI64(pair + P[name], command.i64(C[name]));
  return OK;
}

function setSessionLimits(state: GateState, command: Command, at: number): number {
  const windowMs = command.u32(C.rateWindowMs);
  const unlimited = command.i64(C.rateOrders) === NO_LIMIT;
  if (!unlimited && (windowMs === 0 || windowMs === NO_LIMIT_U32)) return BAD;
  const kept = unlimited ? 0 : windowMs;
  if (state.u64(at + S.rateWindowMs) !== BigInt(kept)) clearRate(state, at);
  state.setI64(at + S.rateWindowMs, BigInt(kept));
  state.setI64(at + S.rateOrders, command.i64(C.rateOrders));
  return OK;
}

function switchFlag(state: GateState, command: Command, flagsAt: number, flag: number): number {
  if (command.u32(C.value) > 1) return BAD;
  state.setFlag(flagsAt, flag, command.on);
  return OK;
}

export function clearAccountLimits(state: GateState, at: number): void {
  for (const name of ['maxQuantity', 'maxNotional', 'maxPosition', 'grossNotional'] as const)
    state.setI64(at + A[name], NO_LIMIT);
  state.setFlag(at + A.flags, GATE_FLAG.limited, false);
}

export function clearMarketLimits(state: GateState, of: typeof Y | typeof H, at: number): void {
  for (const name of ['maxQuantity', 'maxNotional', 'collarAbsolute'] as const) state.setI64(at + of[name], NO_LIMIT);
  for (const name of ['collarBps', 'staleAfterMs'] as const) state.setU32(at + of[name], NO_LIMIT_U32);
}

export function clearSessionLimits(state: GateState, at: number): void {
  state.setI64(at + S.rateOrders, NO_LIMIT);
  state.setI64(at + S.rateWindowMs, 0n);
  clearRate(state, at);
}

/** Visits the blocks of a region, but never the absent one after its last. */
function eachBlock(start: number, count: number, size: number, visit: (at: number) => void): void {
  for (let index = 0; index < count; index++) visit(start + index * size);
}

function resetPairs(state: GateState, bits: number): void {
  sweepPairs(state, pair => {
    if ((bits & GATE_RESET.accountLimits) !== 0) clearPairLimits(state, pair);
    if ((bits & GATE_RESET.positions) === 0) return;
    const gross = state.account(state.u32(pair + P.account) - 1) + A.gross;
    state.setI128(gross, state.i128(gross) - positionNotional(state, pair));
    state.setI64(pair + P.position, 0n);
    state.setI64(pair + P.averagePrice, 0n);
  });
}

/** Clears what the bits of GATE_RESET name. A new gate is a reset of everything. */
export function reset(state: GateState, bits: number): number {
  if (bits === 0 || (bits & ~RESET_BITS) !== 0) return BAD;
  const { accounts, symbols, sessions } = state.capacities;
  const { layout } = state;
  const asked = (bit: number): boolean => (bits & bit) !== 0;
  if (asked(GATE_RESET.accountLimits))
    eachBlock(layout.accounts, accounts, GATE_LINE_SIZE, at => clearAccountLimits(state, at));
  if (asked(GATE_RESET.symbolLimits))
    eachBlock(layout.symbols, symbols, GATE_LINE_SIZE, at => clearMarketLimits(state, Y, at));
  if (asked(GATE_RESET.restricted))
    eachBlock(layout.symbols, symbols, GATE_LINE_SIZE, at => state.setFlag(at + Y.flags, GATE_FLAG.restricted, false));
  if (asked(GATE_RESET.sessionLimits))
    eachBlock(layout.sessions, sessions, GATE_SESSION_SIZE, at => clearSessionLimits(state, at));
  if (asked(GATE_RESET.firmLimits)) clearMarketLimits(state, H, 0);
  if (asked(GATE_RESET.accountLimits | GATE_RESET.positions)) resetPairs(state, bits);
  return OK;
}

function applyToAccount(state: GateState, command: Command): number {
  const index = command.u32(C.accountIndex);
  if (index >= state.capacities.accounts) return BAD;
  const at = state.account(index);
  if (command.u32(C.kind) === KIND.accountLimits) return setAccountLimits(state, command, at);
  return switchFlag(state, command, at + A.flags, GATE_FLAG.halted);
}

function applyToSymbol(state: GateState, command: Command): number {
  const index = command.u32(C.symbolIndex);
  if (index >= state.capacities.symbols) return BAD;
  const at = state.symbol(index);
  const kind = command.u32(C.kind);
  if (kind === KIND.symbolLimits) return copyMarketLimits(state, command, Y, at);
  return switchFlag(state, command, at + Y.flags, kind === KIND.restrict ? GATE_FLAG.restricted : GATE_FLAG.halted);
}

function applyToPair(state: GateState, command: Command): number {
  const holding = { account: command.u32(C.accountIndex), symbol: command.u32(C.symbolIndex), side: 0 };
  if (holding.account >= state.capacities.accounts || holding.symbol >= state.capacities.symbols) return BAD;
  if (command.u32(C.kind) === KIND.pairLimits) return setPairLimits(state, command);
  return setPosition(state, holding, command.i64(C.quantity), command.i64(C.averagePrice));
}

function applyToSession(state: GateState, command: Command): number {
  const index = command.u32(C.sessionIndex);
  return index >= state.capacities.sessions ? BAD : setSessionLimits(state, command, state.session(index));
}

function setBusinessDate(state: GateState, command: Command): number {
  state.setU32(H.businessDate, command.u32(C.value));
  return OK;
}

function dispatch(state: GateState, command: Command): number {
  switch (command.u32(C.kind)) {
    case KIND.firmLimits:
      return copyMarketLimits(state, command, H, 0);
    case KIND.haltFirm:
      return switchFlag(state, command, H.flags, GATE_FLAG.halted);
    case KIND.accountLimits:
    case KIND.haltAccount:
      return applyToAccount(state, command);
    case KIND.symbolLimits:
    case KIND.restrict:
    case KIND.haltSymbol:
      return applyToSymbol(state, command);
    case KIND.pairLimits:
    case KIND.position:
      return applyToPair(state, command);
    case KIND.sessionLimits:
      return applyToSession(state, command);
    case KIND.reset:
      return reset(state, command.u32(C.value));
    case KIND.businessDate:
      return setBusinessDate(state, command);
    default:
      return BAD;
  }
}

/** Commands that change what orders are judged against, and so the limit version of later decisions. */
const isLimitChange = (kind: number): boolean => kind !== KIND.position && kind !== KIND.businessDate;

/** Applies one command row; refuses (badCommand, capacity, overflow) without changing anything. */
export function applyCommand(state: GateState, bytes: Uint8Array, start: number, end: number): number {
  if (start < 0 || end > bytes.length || end - start < GATE_COMMAND.sizeBytes) return BAD;
  const command = new Command(bytes, start);
  if (!command.limitsAreValid) return BAD;
  const status = dispatch(state, command);
  if (status === OK && isLimitChange(command.u32(C.kind))) state.setU32(H.limitVersion, state.u32(H.limitVersion) + 1);
  return status;
}
