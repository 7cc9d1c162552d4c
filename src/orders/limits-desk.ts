import { createHash } from 'node:crypto';

import { FRAME_TYPE, GATE_COMMAND_KIND, GATE_RESET, NO_INDEX, invariant } from '../model/index.js';
import { encodeGateCommand, limitCommands, type GateLimits } from '../risk/index.js';
import type { OpenedLane } from './open-lane.js';

const HEAD = { topic: 0, source: 0 };
const COMMANDS_A_COMMIT = 1_000;

/**
 * Brings the config's limits into the gate as journalled commands, once for each content: the same limits at the next start change nothing.
 * Account limits of a start-of-day load stay; without a load ever made the config's accounts are all there are.
 */
export function applyConfiguredLimits(lane: OpenedLane, limits: GateLimits, commit: () => void): boolean {
  const { context, names, loads, fold } = lane;
  const json = Buffer.from(JSON.stringify(limits), 'utf8');
  const hash = createHash('sha256').update(json).digest();
  if (hash.toString('hex') === fold.limitsHash) return false;
  const clients = lane.clients.map(client => client.session.settings.targetCompID);
  const found = limitCommands(limits, {
    account: name => names.account(name),
    symbol: name => names.symbol(name),
    session: name => (clients.includes(name) ? clients.indexOf(name) + 1 : NO_INDEX),
  });
  const ofLoads = loads.loads.length > 0 ? 0 : GATE_RESET.accountLimits;
  const value =
    GATE_RESET.symbolLimits | GATE_RESET.sessionLimits | GATE_RESET.firmLimits | GATE_RESET.restricted | ofLoads;
  const commands = [encodeGateCommand({ kind: GATE_COMMAND_KIND.reset, value }), ...found];
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
