export * from './config/index.js';
export { explainConfig, planOf, type GatewayPlan } from './explain.js';
export { exampleDesk, prepareDemo, type Demo, type DemoOptions } from './demo.js';
export type { EmbeddedSink } from './embedded-sinks.js';
export type { EmbeddedCodec, EmbeddedInputs, EmbeddedSource, OpenSource, Push } from './embedded-sources.js';
export { Gateway, createGateway, type GatewayEvents, type GatewayOptions, type GatewayPorts } from './gateway.js';
export type { Happening } from './ledger-watch.js';
export type { Pressure } from './pressure-watch.js';
export { version } from './version.js';
