export { openCopybook, readCopyFrom } from './copybook-file.js';
export { startStartOfDayWorker, type StartOfDayWorker } from './start-of-day.js';
export { checkStartOfDay } from './start-of-day/check.js';
export { startOfDayCopybook, writeStartOfDay, type StartOfDayFileOptions } from './start-of-day-generator.js';
export type { StartOfDayOptions, StartOfDaySummary } from './start-of-day/worker-protocol.js';
export type { StartOfDayMapping } from './start-of-day/mapping.js';
export { serveTasks, type TaskDone } from './serve-tasks.js';
export { WorkerPool, type WorkerPoolOptions } from './worker-pool.js';
