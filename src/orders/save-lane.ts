import type { OpenedLane } from './open-lane.js';
import { encodeLaneSnapshot } from './snapshot.js';

/** Writes a snapshot of everything the ledger's frames add up to, at its committed end. */
export function saveLane({ context, names, loads, fold }: OpenedLane): void {
  const { group, gate, orders, sessions, nowNs } = context;
  const sent = sessions.map(({ index, sent }) => [`sent${index}`, bytesOf(sent.save())] as const);
  const facts = {
    version: 4 as const,
    sessions: sessions.map(session => session.save()),
    loads: loads.loads,
    halts: context.halts.list(),
    limitsHash: fold.limitsHash,
    lastTimeNs: nowNs.toString(),
  };
  const tables = {
    gate: gate.memory,
    accounts: names.accounts.memory,
    symbols: names.symbols.memory,
    sessions: names.sessions.memory,
    orders: orders.table.save(),
    earlierIds: bytesOf(orders.table.saveEarlierIds()),
    bookedFills: bytesOf(orders.booked.save()),
    ...Object.fromEntries(sent),
  };
  group.journal.writeSnapshot(encodeLaneSnapshot(facts, tables));
  group.bytes = 0;
}

function bytesOf(array: Float64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
