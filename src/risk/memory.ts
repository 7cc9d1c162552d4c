import { GATE_LINE_SIZE, GATE_HEADER, GATE_RESET, GATE_SYMBOL } from '../model/index.js';
import { clearAccountLimits, clearMarketLimits, clearSessionLimits, reset } from './command.js';
import { GateState, checkSnapshot, layoutGate, writeHeader, type GateCapacities } from './state.js';

const EVERYTHING = Object.values(GATE_RESET).reduce((bits, bit) => bits | bit, 0);

/** Writes a new gate's memory: no limits, no positions, and the absent blocks that unknown indices lead to. */
function initialise(state: GateState): void {
  writeHeader(state);
  reset(state, EVERYTHING);
  clearAccountLimits(state, state.account(state.capacities.accounts));
  clearMarketLimits(state, GATE_SYMBOL.offset, state.symbol(state.capacities.symbols));
  clearSessionLimits(state, state.session(state.capacities.sessions));
}

/** Cache lines of the memory start on cache lines of the machine only if the buffer does. */
export function alignedBytes(sizeBytes: number, misalignment: (bytes: Uint8Array) => number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes + GATE_LINE_SIZE);
  const skip = (GATE_LINE_SIZE - misalignment(bytes)) % GATE_LINE_SIZE;
  return bytes.subarray(skip, skip + sizeBytes);
}

/** The memory of a gate of these capacities: fresh, or a copy of a snapshot. */
export function newGateMemory(
  capacities: GateCapacities,
  snapshot: Uint8Array | undefined,
  misalignment: (bytes: Uint8Array) => number = () => 0,
): GateState {
  const layout = layoutGate(capacities);
  const state = new GateState(alignedBytes(layout.sizeBytes, misalignment), capacities, layout);
  if (snapshot === undefined) {
    initialise(state);
    return state;
  }
  const head = new GateState(new Uint8Array(GATE_HEADER.sizeBytes), capacities, layout);
  writeHeader(head);
  checkSnapshot(snapshot, head);
  state.memory.set(snapshot);
  return state;
}
