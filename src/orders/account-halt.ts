import { FRAME_TYPE, GATE_COMMAND_KIND, STATUS } from '../model/index.js';
import { encodeGateCommand } from '../risk/index.js';
import type { LaneContext } from './lane-context.js';

/** Halts an account from inside a batch, as an operator's command would and journalled like one. False when it is halted already. */
export function haltAccount(context: LaneContext, accountIndex: number, reason: string): boolean {
  const { gate, group, halts, nowNs } = context;
  if (gate.account(accountIndex).halted) return false;
  const command = encodeGateCommand({ kind: GATE_COMMAND_KIND.haltAccount, accountIndex, value: 1 }, reason);
  if (gate.apply(command, 0, command.length) !== STATUS.ok.code) return false;
  group.add({ type: FRAME_TYPE.command, topic: 0, source: 0 }, command);
  halts.apply(command, nowNs);
  return true;
}
