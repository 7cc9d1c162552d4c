import { FRAME_TYPE, GATE_COMMAND_KIND, STATUS } from '../model/index.js';
import { encodeGateCommand } from '../risk/index.js';
import type { LaneContext } from './lane-context.js';

/** Applies a gate command, keeps the halts in force, and puts its frame into the group in hand. `sequence` is 0 when the gate refused it. */
export function applyGateCommand(context: LaneContext, payload: Uint8Array): { status: number; sequence: number } {
  const { gate, group, halts, nowNs } = context;
  const status = gate.apply(payload, 0, payload.length);
  if (status !== STATUS.ok.code) return { status, sequence: 0 };
  halts.apply(payload, nowNs);
  return { status, sequence: group.add({ type: FRAME_TYPE.command, topic: 0, source: 0 }, payload) };
}

/** Halts an account from inside a batch, as an operator's command would. False when it is halted already. */
export function haltAccount(context: LaneContext, accountIndex: number, reason: string): boolean {
  if (context.gate.account(accountIndex).halted) return false;
  const fields = { kind: GATE_COMMAND_KIND.haltAccount, accountIndex, value: 1 };
  return applyGateCommand(context, encodeGateCommand(fields, reason)).sequence > 0;
}
