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

/** The head that a snapshot of these capacities begins with. */
function headOf(capacities: GateCapacities): GateState {
  const head = new GateState(new Uint8Array(GATE_HEADER.sizeBytes), capacities, layoutGate(capacities));
  writeHeader(head);
  return head;
}

/** Sessions are added at the end: a snapshot may hold fewer than the gate. Its other capacities are the gate's. */
function capacitiesOf(snapshot: Uint8Array, capacities: GateCapacities): GateCapacities {
  if (snapshot.length < GATE_HEADER.sizeBytes) return capacities;
  const sessions = new DataView(snapshot.buffer, snapshot.byteOffset).getUint32(GATE_HEADER.offset.sessions, true);
  return sessions > 0 && sessions < capacities.sessions ? { ...capacities, sessions } : capacities;
}

/** Copies a snapshot of fewer sessions: what lies behind the session blocks moves up by those added, which stay as a fresh gate has them. */
function grow(state: GateState, snapshot: Uint8Array, held: GateState): void {
  initialise(state);
  state.memory.set(snapshot.subarray(0, held.session(held.capacities.sessions)));
  state.memory.set(snapshot.subarray(held.layout.pairs), state.layout.pairs);
  writeHeader(state);
}

/** The memory of a gate of these capacities: fresh, or a copy of a snapshot, which may hold fewer sessions. */
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
  const held = headOf(capacitiesOf(snapshot, capacities));
  checkSnapshot(snapshot, held);
  if (held.capacities.sessions === capacities.sessions) state.memory.set(snapshot);
  else grow(state, snapshot, held);
  return state;
}
