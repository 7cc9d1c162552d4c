export { startCounterparty, type Counterparty } from './counterparty.js';
export {
  COUNTERPARTY_DEFAULTS,
  type CounterpartyCounts,
  type CounterpartyOptions,
  type CounterpartySession,
  type CounterpartySymbol,
} from './options.js';

/** The file to `fork` for a counterparty in its own process; see counterparty-process.ts. */
export const counterpartyProcess = new URL('./counterparty-process.js', import.meta.url);
