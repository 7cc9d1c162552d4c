/** What each reader of a sink tells of itself, in shared memory: `createCounters(SINK_COUNTERS)`. */
export const SINK_COUNTERS = [
  'position', // next position to be acknowledged
  'lag', // frames committed and not yet acknowledged
  'published', // records acknowledged
  'batches', // sends acknowledged
  'retries', // sends that failed and were tried again
  'dropped', // frames that retention took before they were sent
  'failing', // 1 while the last send failed
  'deadLettered', // records the broker refuses for their size, or that do not fit the message they are sent as
  'rewound', // frames read that the log then lost, with the power or with its writer: their positions are given again
] as const;

export type SinkCounter = (typeof SINK_COUNTERS)[number];
