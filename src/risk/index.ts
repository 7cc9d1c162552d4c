export { magnitude } from './amounts.js';
export { directionOf } from './exposure.js';
export {
  createGate,
  type AccountView,
  type FirmView,
  type Gate,
  type GateOptions,
  type PairView,
  type SymbolView,
} from './gate.js';
export { hasLimitPrice } from './limit-price.js';
export {
  accountLimitFields,
  encodeGateCommand,
  limitCommands,
  tighterLimits,
  type AccountLimitFields,
  type AccountLimits,
  type GateCommandFields,
  type GateLimits,
  type GateNames,
  type MarketLimits,
  type PairLimits,
  type SizeLimits,
} from './limits.js';
export { failures, refusalText, type Failure } from './refusal.js';
export { layoutGate, type GateCapacities, type GateLayout } from './state.js';
