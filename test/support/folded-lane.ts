import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { builtInDictionaries } from '../../src/codec/index.js';
import type { LaneOptions } from '../../src/orders/index.js';
import type { LaneApplication } from '../../src/orders/lane-session.js';
import { openLane, type OpenedLane } from '../../src/orders/open-lane.js';
import type { Desk } from './desk.js';

const SILENT: LaneApplication = {
  application: () => 'taken',
  mayResend: () => true,
  beforeResend: () => {},
  reset: () => {},
  rejected: () => {},
  refused: () => {},
  wanted: () => true,
  gapFilled: () => {},
  event: () => {},
  throttled: () => {},
  passedOver: () => {},
};

/** What the ledger says of orders and exposure, in words that two folds can be compared by. */
export interface FoldedState {
  readonly rows: string;
  readonly earlierIds: readonly number[];
  readonly bookedFills: readonly number[];
  readonly position: ReturnType<OpenedLane['context']['gate']['position']>;
  readonly gross: bigint;
  readonly isHalted: boolean;
}

/** Opens the lane of a ledger that nobody connects to. */
export function openSilentLane(options: LaneOptions): OpenedLane {
  return openLane(options, { dictionaries: builtInDictionaries, application: SILENT, rules: [] });
}

function fold(desk: Desk): FoldedState {
  const { context } = openSilentLane(desk.laneOptions());
  const { table } = context.orders;
  const [account, symbol] = [context.accounts.lookupText('A1'), context.symbols.lookupText('ACME')];
  const state = {
    rows: Buffer.from(table.save()).toString('hex'),
    earlierIds: [...table.saveEarlierIds()],
    bookedFills: [...context.orders.booked.save()].filter(key => key > 0),
    position: context.gate.position(account, symbol),
    gross: context.gate.account(account).gross,
    isHalted: context.gate.account(account).halted,
  };
  context.group.journal.close();
  return state;
}

/** Closes the lane and folds its ledger twice: from the snapshot of the close, which is the live state, and from the first frame. */
export async function liveAndFolded(desk: Desk): Promise<{ live: FoldedState; folded: FoldedState }> {
  await desk.stopLane();
  const live = fold(desk);
  for (const file of readdirSync(desk.directory)) if (file.endsWith('.snapshot')) rmSync(join(desk.directory, file));
  return { live, folded: fold(desk) };
}
