export { BatchClock, CLOCK_AHEAD_MS_MAX } from './batch-clock.js';
export { Counters, createCounters, openCounters } from './counters.js';
export { Histogram, createHistograms, openHistogram, type HistogramSummary } from './histogram.js';
export { openLog, type Log, type LogLevel, type LogOptions } from './log.js';
