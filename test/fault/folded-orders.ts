import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { parseDecimal } from '../../src/model/index.js';
import type { NativeMode } from '../../src/native/index.js';
import type { OpenedLane } from '../../src/orders/open-lane.js';
import { ordStatusOf } from '../../src/orders/reports.js';
import { Desk } from '../support/desk.js';
import { openSilentLane } from '../support/folded-lane.js';
import type { ToldOrders } from './counterparties.js';

const CLIENT = 1;
const ORDERS = 200_000;
const REJECTED = '8';

function fold(directory: string, native: NativeMode): OpenedLane {
  return openSilentLane(new Desk({ directory, native, orders: ORDERS }).laneOptions());
}

/** Orders whose state the ledger's frames do not give as the client was told it: `c17: told 2 (100), found 1 (50)`. */
function differences({ context }: OpenedLane, told: ToldOrders): string[] {
  const { table } = context.orders;
  return Object.entries(told).flatMap(([clOrdId, [status, cumQty, changes]]) => {
    const ids = [clOrdId, ...changes];
    const slot = ids.map(id => table.findClient(CLIENT, id)).find(found => found >= 0);
    if (slot === undefined)
      return status === REJECTED || status === null ? [] : [`${clOrdId}: told ${status}, not found`];
    const row = table.row.at(slot);
    const found = ordStatusOf(row);
    if (found === status && row.i64('cumQuantity') === parseDecimal(String(cumQty), 8)) return [];
    return [`${clOrdId}: told ${status} (${cumQty}), found ${found} (${row.i64('cumQuantity')} at 10^-8)`];
  });
}

/**
 * Folds the ledger as a restart does, from its newest snapshot and then from its first frame, and compares each order with what its
 * client was told last. Returns the differences.
 */
export function foldedDifferences(directory: string, told: ToldOrders, native: NativeMode): string[] {
  const found: string[] = [];
  for (const from of ['snapshot', 'frames']) {
    if (from === 'frames') removeSnapshots(directory);
    const lane = fold(directory, native);
    found.push(...differences(lane, told).map(text => `folded from ${from}: ${text}`));
    lane.context.group.journal.close();
  }
  return found;
}

function removeSnapshots(directory: string): void {
  for (const file of readdirSync(directory)) if (file.endsWith('.snapshot')) rmSync(join(directory, file));
}
