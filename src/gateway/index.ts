export * from './config/index.js';
export { explainConfig, planOf, type GatewayPlan } from './explain.js';
export { exampleDesk, prepareDemo, type Demo, type DemoOptions } from './demo.js';
export type { EmbeddedSink } from './embedded-sinks.js';
export type { EmbeddedCodec, EmbeddedInputs, EmbeddedSource, OpenSource, Push } from './embedded-sources.js';
export { Gateway, createGateway, type GatewayEvents, type GatewayOptions, type GatewayPorts } from './gateway.js';
export { FIXProtocolHandler, type FIXProtocolHandlerOptions } from './fix-protocol-handler.js';
export type { OrderToSend, SendOrderResult } from './order-to-send.js';
export type { Happening } from './ledger-watch.js';
export type { Pressure } from './pressure-watch.js';
export { findingText, importSettings, type ImportedConfig, type ImportOptions } from './quickfix-import.js';
export { takeOverSession } from './take-over.js';
export {
  TradingPlatformIntegrator,
  type TradingPlatformIntegratorOptions,
  type TradingPlatformsConfig,
} from './trading-platform-integrator.js';
export { checkPlatforms, isPlatformsFile, loadPlatform } from './platforms-check.js';
export type { PlatformApplication, PlatformOrder, PlatformStatus } from './platform-connection.js';
export type { SendResult } from './gated-sessions.js';
export {
  TradingSystemMessageBridge,
  type GatewayBridgeOptions,
  type ProgramBridgeOptions,
} from './trading-system-message-bridge.js';
