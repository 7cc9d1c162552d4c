export * from './decimal.js';
export * from './decision.js';
export * from './errors.js';
export * from './frame.js';
export * from './load.js';
export * from './order.js';
export * from './row.js';
export * from './status.js';
