import { createHash } from 'node:crypto';

import { FRAME_TYPE, GATE_COMMAND_KIND, GATE_RESET, NO_INDEX, NO_LIMIT, invariant } from '../model/index.js';
import {
  accountLimitFields,
  encodeGateCommand,
  limitCommands,
  tighterLimits,
  type AccountLimitFields,
  type Gate,
  type GateLimits,
  type GateNames,
} from '../risk/index.js';
import type { OpenedLane } from './open-lane.js';

const HEAD = { topic: 0, source: 0 };
const COMMANDS_A_COMMIT = 1_000;

/**
 * Brings the config's limits into the gate as journalled commands, once for each content: the same limits at the next start change nothing.
 * After a start-of-day load an account's limits are only narrowed here, and a session that trades for one account keeps its rate where
 * the config gives none: what the file gave is looser again with the next load.
 */
export function applyConfiguredLimits(lane: OpenedLane, limits: GateLimits, commit: () => void): boolean {
  const { context, names, loads, fold } = lane;
  const json = Buffer.from(JSON.stringify(limits), 'utf8');
  const hash = createHash('sha256').update(json).digest();
  if (hash.toString('hex') === fold.limitsHash) return false;
  // Each new name is a group of its own: all of a large config's would be more than a commit holds.
  const grouped = (index: number): number => {
    context.group.end();
    return index;
  };
  const gateNames: GateNames = {
    account: name => grouped(names.account(name)),
    symbol: name => grouped(names.symbol(name)),
    session: name => lane.clients.find(({ session }) => session.settings.targetCompID === name)?.index ?? NO_INDEX,
  };
  const commands = loads.loads.length > 0 ? besideLoads(lane, limits, gateNames) : fromNothing(limits, gateNames);
  commands.forEach((command, index) => {
    const status = context.gate.apply(command, 0, command.length);
    invariant(status === 0, 'the gate has no room for the configured limits; raise lane.accounts or lane.symbols', {
      status,
    });
    context.group.add({ type: FRAME_TYPE.command, ...HEAD }, command);
    context.group.end();
    if (index % COMMANDS_A_COMMIT === COMMANDS_A_COMMIT - 1) commit();
  });
  context.group.add({ type: FRAME_TYPE.config, ...HEAD }, Buffer.concat([hash, json]));
  context.group.end();
  fold.limitsHash = hash.toString('hex');
  commit();
  return true;
}

const MARKETS = GATE_RESET.symbolLimits | GATE_RESET.firmLimits | GATE_RESET.restricted;

const reset = (value: number): Uint8Array => encodeGateCommand({ kind: GATE_COMMAND_KIND.reset, value });

function fromNothing(limits: GateLimits, names: GateNames): Uint8Array[] {
  return [reset(MARKETS | GATE_RESET.accountLimits | GATE_RESET.sessionLimits), ...limitCommands(limits, names)];
}

function besideLoads(lane: OpenedLane, limits: GateLimits, names: GateNames): Uint8Array[] {
  const freed = lane.clients
    .filter(({ defaultAccount }) => defaultAccount === undefined)
    .map(({ index }) => encodeGateCommand({ kind: GATE_COMMAND_KIND.sessionLimits, sessionIndex: index }));
  return [
    reset(MARKETS),
    ...freed,
    ...limitCommands({ ...limits, accounts: {} }, names),
    ...narrowing(lane, limits, names),
  ];
}

/** Of accounts that the config names, and of those that a file gave limits: what holds for every account holds for both. */
function narrowing({ context, names }: OpenedLane, limits: GateLimits, { account }: GateNames): Uint8Array[] {
  const { gate } = context;
  const configured = new Set(Object.keys(limits.accounts ?? {}).map(account));
  const commands: Uint8Array[] = [];
  for (let index = 0; index < names.accounts.count; index++) {
    const held = gate.account(index);
    if (!held.limited && !configured.has(index)) continue;
    const kept = heldLimits(held);
    const fields = tighterLimits(kept, accountLimitFields(limits, names.accounts.nameOf(index)));
    const command = limitsCommand(index, fields);
    const changes = Buffer.compare(command, limitsCommand(index, kept)) !== 0;
    if (changes || !held.limited) commands.push(command);
  }
  return commands;
}

function limitsCommand(accountIndex: number, fields: AccountLimitFields): Uint8Array {
  return encodeGateCommand({ ...fields, kind: GATE_COMMAND_KIND.accountLimits, accountIndex });
}

function heldLimits(account: ReturnType<Gate['account']>): AccountLimitFields {
  const { maxQuantity, maxNotional, maxPosition, grossNotional } = account;
  return {
    maxQuantity: maxQuantity ?? NO_LIMIT,
    maxNotional: maxNotional ?? NO_LIMIT,
    maxPosition: maxPosition ?? NO_LIMIT,
    grossNotional: grossNotional ?? NO_LIMIT,
  };
}
