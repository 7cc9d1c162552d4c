import { GATE_RATE_BUCKETS, GATE_SESSION } from '../model/index.js';
import type { GateState } from './state.js';

const S = GATE_SESSION.offset;
const BUCKETS_AT = 64;
const FULL_BUCKETS = BigInt(GATE_RATE_BUCKETS - 1);

const bucketAt = (session: number, bucket: number): number => session + BUCKETS_AT + bucket * 4;

export function clearRate(state: GateState, session: number): void {
  for (let bucket = 0; bucket < GATE_RATE_BUCKETS; bucket++) state.setU32(bucketAt(session, bucket), 0);
  state.setU32(session + S.rateBucket, 0);
  state.setU32(session + S.rateCount, 0);
  state.setI64(session + S.rateBucketEndNs, 0n);
}

/** Drops the buckets that have left the window. */
function advance(state: GateState, session: number, nowNs: bigint, width: bigint): void {
  const end = state.u64(session + S.rateBucketEndNs);
  if (nowNs < end) return;
  const steps = (nowNs - end) / width + 1n;
  if (steps >= GATE_RATE_BUCKETS) {
    clearRate(state, session);
    state.setI64(session + S.rateBucketEndNs, nowNs + width);
    return;
  }
  let bucket = state.u32(session + S.rateBucket);
  let count = state.u32(session + S.rateCount);
  for (let step = 0n; step < steps; step++) {
    bucket = (bucket + 1) % GATE_RATE_BUCKETS;
    count -= state.u32(bucketAt(session, bucket));
    state.setU32(bucketAt(session, bucket), 0);
  }
  state.setU32(session + S.rateBucket, bucket);
  state.setU32(session + S.rateCount, count);
  state.setI64(session + S.rateBucketEndNs, end + steps * width);
}

/**
 * Counts one message and returns how many the window holds. The window slides by fifteenths of itself: the current part and
 * the fifteen before it are counted, so never less than the whole window, and at most a fifteenth more.
 */
export function countMessage(state: GateState, session: number, nowNs: bigint): number {
  const windowNs = state.u64(session + S.rateWindowMs) * 1_000_000n;
  advance(state, session, nowNs, (windowNs + FULL_BUCKETS - 1n) / FULL_BUCKETS);
  const bucket = bucketAt(session, state.u32(session + S.rateBucket));
  const count = state.u32(session + S.rateCount) + 1;
  state.setU32(bucket, state.u32(bucket) + 1);
  state.setU32(session + S.rateCount, count);
  return count;
}
