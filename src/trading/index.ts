export { FixConnector, backoffMs, type Backoff, type ConnectorOptions, type HostPolicy } from './connector.js';
export { EchoApplication } from './echo.js';
export {
  EngineSession,
  FixEngine,
  systemNowNs,
  type AcceptorRules,
  type EngineOptions,
  type FixApplication,
  type SessionOptions,
} from './engine.js';
export { openFileStore, storeFolder, type FileStoreOptions, type StoreDurability } from './file-store.js';
export { FixListener, certificateFault, type ListenerOptions, type LogonIdentity } from './listener.js';
export { MemoryMessages } from './memory-messages.js';
export { MemoryStore } from './memory-store.js';
export { SlicePump } from './slice-pump.js';
export { allowListFile, type SessionTemplate } from './template-sessions.js';
export { TextLog, type TextLogOptions } from './text-log.js';
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
