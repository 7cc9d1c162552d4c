export { logNames } from './folder.js';
export { SEGMENT_SIZE_BYTES } from './format.js';
export { type FrameView } from './frame-view.js';
export {
  GROUP_COMMIT,
  type Damage,
  type Durability,
  type GroupCommit,
  type LogWriterOptions,
  type Recovery,
  waitsForSync,
} from './options.js';
export { releaseLog, tryLock } from './lock.js';
export { openLogReader, type LogReader, type LogReaderOptions } from './reader.js';
export { openSequenceReader, type SequenceReader } from './sequence-reader.js';
export { loadSnapshot, type Snapshot } from './snapshot.js';
export { createTail } from './tail.js';
export { verifyLog, type BrokenPlace, type VerifyReport } from './verify.js';
export { openLogWriter, type LogWriter } from './writer.js';
