import type { DataRecord } from '../model/index.js';
import type { SignalOrder } from './order.js';
import type { Delivery } from './report.js';
import type { Signal } from './signal.js';

/** A trading system that does not speak FIX. */
export interface TradingSystem {
  /** Gives it an order. Never rejects: a fault is a delivery that did not happen, or that nobody knows of. */
  send(signal: Signal, order: SignalOrder): Promise<Delivery>;
}

/** What templates and layouts are written from: the signal's fields, and the order as `order`. */
export function templateRecord(signal: Signal, order: DataRecord): DataRecord {
  return { ...signal.fields, order };
}

/** Why something failed, with the system call's own words behind a library's. */
export function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error && cause.message !== '' ? `${message}: ${cause.message}` : message;
}
