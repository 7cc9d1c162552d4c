export * from './columns/index.js';
export * from './copybook/index.js';
export * from './emit/index.js';
export * from './fix/index.js';
export * from './fixed-width/index.js';
export * from './record/index.js';
export * from './record-file/index.js';
export * from './fix/dictionary/index.js';
