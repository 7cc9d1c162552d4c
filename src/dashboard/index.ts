export { pictureOf } from './live.js';
export { createMetrics } from './metrics.js';
export { startDashboard, type Dashboard, type DashboardOptions } from './server.js';
export {
  HALT_SCOPES,
  type GatewayView,
  type HaltRequest,
  type HaltResult,
  type HaltView,
  type LogView,
  type OrderView,
  type ReaderView,
  type RingView,
} from './view.js';
