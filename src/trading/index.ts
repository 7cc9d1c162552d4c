export { FixConnector, backoffMs, type Backoff, type ConnectorOptions } from './connector.js';
export { EchoApplication } from './echo.js';
export { EngineSession, FixEngine, systemNowNs, type EngineOptions, type FixApplication } from './engine.js';
export { FixListener, type ListenerOptions, type LogonIdentity } from './listener.js';
export { MemoryMessages } from './memory-messages.js';
export { SlicePump } from './slice-pump.js';
export { allowListFile, type SessionTemplate } from './template-sessions.js';
export type { Address, TlsOptions } from './tls.js';
export {
  SLOW_CONSUMER,
  TRANSPORT_LIMITS,
  type Transport,
  type TransportEvents,
  type TransportLimits,
} from './transport.js';
export * from './simulator/index.js';
export * from './quickfix/index.js';
