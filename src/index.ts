export * from './parts.js';
export * from './model/index.js';
export {
  Gateway,
  createGateway,
  type EmbeddedCodec,
  type EmbeddedInputs,
  type EmbeddedSink,
  type EmbeddedSource,
  type OpenSource,
  type Push,
  type GatewayConfig,
  type GatewayConfigInput,
  type GatewayEvents,
  type GatewayOptions,
  type GatewayPorts,
  type Happening,
  type Pressure,
} from './gateway/index.js';
export type { OrderRule, OrderRuleModule, RuleOrder } from './orders/index.js';
