export * from './config/index.js';
export { explainConfig, planOf, type GatewayPlan } from './explain.js';
export { exampleDesk, prepareDemo, type Demo, type DemoOptions } from './demo.js';
export type { EmbeddedSink } from './embedded-sinks.js';
export type { EmbeddedCodec, EmbeddedInputs, EmbeddedSource, OpenSource, Push } from './embedded-sources.js';
export { Gateway, createGateway, type GatewayEvents, type GatewayOptions, type GatewayPorts } from './gateway.js';
export {
  FIXProtocolHandler,
  type FIXProtocolHandlerOptions,
  type OrderToSend,
  type SendOrderResult,
} from './fix-protocol-handler.js';
export type { Happening } from './ledger-watch.js';
export type { Pressure } from './pressure-watch.js';
export { version } from './version.js';
export { findingText, importSettings, type ImportedConfig, type ImportOptions } from './quickfix-import.js';
export { takeOverSession } from './take-over.js';
