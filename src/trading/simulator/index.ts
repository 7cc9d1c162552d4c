export { startCounterparty, type Counterparty } from './counterparty.js';
export {
  COUNTERPARTY_DEFAULTS,
  type CounterpartyCounts,
  type CounterpartyOptions,
  type CounterpartySession,
  type CounterpartySymbol,
} from './options.js';
