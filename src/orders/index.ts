export type {
  CancelOnDisconnect,
  ClientPortOptions,
  ClientSessionOptions,
  DropCopyOptions,
  LaneMemory,
  LaneOptions,
  SessionRules,
  VenueOptions,
} from './lane-options.js';
export type {
  LaneAnswer,
  LaneCommand,
  LaneEvent,
  LaneRequest,
  RecoveredNames,
  RecoveredView,
} from './lane-messages.js';
export type {
  Caller,
  DeniedRequest,
  SessionAnswer,
  SessionCommand,
  SessionOperation,
  SessionRefusal,
  StoredMessage,
} from './session-command.js';
export type { SessionCountsView } from './session-counts.js';
export type { SessionView } from './session-view.js';
export { deadLetterPayload } from './dead-letter.js';
export type { Halt } from './halt-book.js';
export type { OrderRule, OrderRuleModule, RuleOrder } from './order-rule.js';
export { LaneMeter, STAGES, createLaneMeterMemory, type LaneMeterMemory, type Stage } from './lane-meter.js';
export type { Load, LoadResult } from './load-desk.js';
export { PROGRAM_COMP_ID, type ProgramRequest } from './program-session.js';
export { REQUIRED_COUNTERS } from './retention.js';
export { takeOverNumbers } from './take-over.js';
export { LEDGER } from './open-lane.js';

/** The lane's thread, for `new Worker`. */
export const laneWorkerUrl = new URL('./lane-worker.js', import.meta.url);
