/** The gate with every rule on: C++ in batches and one by one, and the TypeScript twin. */
import { DECISION_SIZE, ORDER } from '../src/model/index.js';
import { loadAddon, type Addon } from '../src/native/index.js';
import type { Gate } from '../src/risk/index.js';
import type { Timed } from './harness.js';
import { BATCH, ORDERS, UNIT, decisionRows, heldPairs, loadedGate, orderRows, type Spread } from './risk-orders.js';

function nativeAddon(): Addon {
  const addon = loadAddon('require');
  if (addon === undefined) throw new Error('the addon is not built');
  return addon;
}

/** Every order must pass: a refusal would be judged by fewer writes than it seems. */
function expectAll(accepted: number, count: number): number {
  if (accepted !== count) throw new Error(`${count - accepted} of ${count} orders were refused`);
  return accepted;
}

function batches(name: string, gate: Gate, rows: Uint8Array): Timed {
  const size = BATCH * ORDER.sizeBytes;
  const parts = Array.from({ length: ORDERS / BATCH }, (_, part) => rows.subarray(part * size, (part + 1) * size));
  const decisions = decisionRows();
  let next = 0;
  const call = (): number => {
    const part = parts[next]!;
    next = (next + 1) % parts.length;
    return expectAll(gate.checkBatch(part, BATCH, decisions), BATCH);
  };
  return { name, unit: UNIT, operations: BATCH, call };
}

function oneByOne(name: string, gate: Gate, rows: Uint8Array): Timed {
  const decisions = decisionRows();
  let next = 0;
  const call = (): number => {
    let accepted = 0;
    for (let row = 0; row < BATCH; row++) {
      const at = (next + row) * ORDER.sizeBytes;
      if (gate.check(rows, at, decisions, row * DECISION_SIZE) !== 0) continue;
      gate.accepted(rows, at);
      accepted++;
    }
    next = (next + BATCH) % ORDERS;
    return expectAll(accepted, BATCH);
  };
  return { name, unit: UNIT, operations: BATCH, call };
}

/** C++, 256 orders a call. */
export function riskNativeBatch(spread: Spread): Timed {
  const pairs = heldPairs();
  const gate = loadedGate(nativeAddon(), pairs);
  return batches(`headrace gate, native, batches of ${BATCH}`, gate, orderRows(pairs, spread));
}

/** C++, a call an order: what the order lane does today. */
export function riskNativeSingle(spread: Spread): Timed {
  const pairs = heldPairs();
  return oneByOne('headrace gate, native, one by one', loadedGate(nativeAddon(), pairs), orderRows(pairs, spread));
}

/** The TypeScript twin, which is there to be right. */
export function riskTwin(spread: Spread): Timed {
  const pairs = heldPairs();
  return oneByOne('headrace gate, TypeScript twin', loadedGate(undefined, pairs), orderRows(pairs, spread));
}
