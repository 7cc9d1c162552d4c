export * from './parts.js';
export * from './model/index.js';
