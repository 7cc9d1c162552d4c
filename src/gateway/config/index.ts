export { checkConfig, loadConfig, parseConfig, type CheckOptions, type ConfigCheck } from './load.js';
export { configJsonSchema } from './json-schema.js';
export { configReference } from './reference.js';
export { type GatewayConfig, type GatewayConfigInput } from './schema.js';
