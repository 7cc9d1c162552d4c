export type { ApplicationVerdict, OutboundKind, SentMessages, SessionActions, SessionEventKind } from './actions.js';
export { Receiver } from './receiver.js';
export { Session, type SessionState, type SessionStatus } from './session.js';
export {
  SessionTimes,
  WEEKDAYS,
  scheduleFault,
  type ScheduleFault,
  type SessionMoment,
  type SessionSchedule,
  type Weekday,
} from './schedule.js';
export { isBefore42, sessionName, sessionSettings, type SessionSettings } from './settings.js';
export { foldedState, type SessionStore } from './store.js';
export { MSG_TYPE, TAG, isAdmin } from './tags.js';
export { MessageWriter, copyField, type WriteBody } from './writer.js';
export type { ThrottleOutcome, ThrottleRate, ThrottleSettings } from './throttle.js';
