export * from './config/index.js';
export { explainConfig, planOf, type GatewayPlan } from './explain.js';
