import { APPL_VER_ID, VALIDATE_ALL, type TimestampDecimals, type ValidationRules } from '../codec/index.js';
import { ConfigError } from '../model/index.js';
import { scheduleFault, type SessionSchedule } from './schedule.js';
import { throttleFault, type ThrottleSettings } from './throttle.js';

export interface SessionSettings {
  /** BeginString (8): 'FIX.4.0' … 'FIX.4.4' or 'FIXT.1.1'. */
  readonly beginString: string;
  /** Our name: SenderCompID (49) of what we send. */
  readonly senderCompID: string;
  /** The counterparty's name: TargetCompID (56) of what we send. */
  readonly targetCompID: string;
  readonly senderSubID?: string;
  readonly targetSubID?: string;
  /** Who sends the first Logon. */
  readonly role: 'acceptor' | 'initiator';
  /** FIXT only: the application version ('FIX.5.0SP2') we send by default and offer as DefaultApplVerID (1137). */
  readonly defaultApplVerID?: string;
  /** HeartBtInt (108) an initiator offers; an acceptor takes the counterparty's. 0 = no heartbeats. */
  readonly heartBtIntSeconds: number;
  readonly logonTimeoutSeconds: number;
  readonly logoutTimeoutSeconds: number;
  /** Sequence numbers start again at 1 with each logon, logout, or loss of the connection. */
  readonly resetOnLogon: boolean;
  readonly resetOnLogout: boolean;
  readonly resetOnDisconnect: boolean;
  /** A message that would be answered with a Reject ends the connection instead; with `resetOnError` the numbers begin again too. */
  readonly disconnectOnError: boolean;
  readonly resetOnError: boolean;
  /** SenderCompID and TargetCompID of each message are the session's. */
  readonly checkCompID: boolean;
  /** A possible duplicate has OrigSendingTime (122). */
  readonly requiresOrigSendingTime: boolean;
  /** SendingTime (52) may differ from our clock by this; 0 = unchecked. */
  readonly maxLatencySeconds: number;
  /** Decimals of SendingTime that we write; FIX.4.0 and 4.1 know none. */
  readonly timestampDecimals: TimestampDecimals;
  /** Messages are checked against the dictionary. */
  readonly useDictionary: boolean;
  readonly validation: ValidationRules;
  /** NextExpectedMsgSeqNum (789) stands in our Logon; what the counterparty's says it lacks is resent unasked. From FIX.4.4. */
  readonly enableNextExpectedMsgSeqNum: boolean;
  /** LastMsgSeqNumProcessed (369) stands in every header of ours. From FIX.4.2. */
  readonly enableLastMsgSeqNumProcessed: boolean;
  /** Messages one ResendRequest asks for, the next following when they have come; 0 = all that are missing at once. */
  readonly resendRequestChunkSize: number;
  /** A garbled message that seems to have the number expected gets a Reject and takes it; else it is ignored. */
  readonly rejectGarbledMessage: boolean;
  /** A wrong BodyLength (9) makes a message garbled; without this a message is taken that has but one CheckSum field, its last. */
  readonly validateLength: boolean;
  /** A wrong CheckSum (10) makes a message garbled; without this only the rest of it can. */
  readonly validateChecksum: boolean;
  /** Username (553) and Password (554) of an initiator's Logon. */
  readonly username?: string;
  readonly password?: string;
  /** Bytes; a longer message is garbled. */
  readonly messageSizeMax: number;
  /** Messages kept while a gap before them is open; further ones are asked for again. */
  readonly queuedMessagesMax: number;
  readonly queuedBytesMax: number;
  /** The rate of application messages received, and of those sent; without it there is none. */
  readonly throttleIn?: ThrottleSettings | undefined;
  readonly throttleOut?: ThrottleSettings | undefined;
  /** When the session may be logged on, and when its numbers begin again. */
  readonly schedule: SessionSchedule;
}

type Required = 'beginString' | 'senderCompID' | 'targetCompID' | 'role';

const DEFAULTS: Omit<SessionSettings, Required> = {
  heartBtIntSeconds: 30,
  logonTimeoutSeconds: 10,
  logoutTimeoutSeconds: 2,
  resetOnLogon: false,
  resetOnLogout: false,
  resetOnDisconnect: false,
  disconnectOnError: false,
  resetOnError: false,
  checkCompID: true,
  requiresOrigSendingTime: true,
  maxLatencySeconds: 120,
  timestampDecimals: 3,
  useDictionary: true,
  validation: VALIDATE_ALL,
  enableNextExpectedMsgSeqNum: false,
  enableLastMsgSeqNumProcessed: false,
  resendRequestChunkSize: 0,
  rejectGarbledMessage: false,
  validateLength: true,
  validateChecksum: true,
  messageSizeMax: 65_536,
  queuedMessagesMax: 10_000,
  queuedBytesMax: 16 << 20,
  schedule: { kind: 'nonStop' },
};

const BEGIN_STRINGS = new Set(['FIX.4.0', 'FIX.4.1', 'FIX.4.2', 'FIX.4.3', 'FIX.4.4', 'FIXT.1.1']);

/** Fills the settings not given with their defaults. Throws ConfigError (HR_FIX_SETTINGS) naming what cannot be used. */
export function sessionSettings(given: Pick<SessionSettings, Required> & Partial<SessionSettings>): SessionSettings {
  const settings: SessionSettings = { ...DEFAULTS, ...given };
  const { beginString, defaultApplVerID } = settings;
  const name = sessionName(settings);
  if (!BEGIN_STRINGS.has(beginString)) throw bad(name, `beginString ${beginString} is not a FIX version`);
  if (settings.senderCompID === '' || settings.targetCompID === '') throw bad(name, 'a CompID is empty');
  if (beginString === 'FIXT.1.1' && !Object.values(APPL_VER_ID).includes(defaultApplVerID ?? ''))
    throw bad(name, 'FIXT.1.1 needs defaultApplVerID, such as FIX.5.0SP2');
  if (settings.enableNextExpectedMsgSeqNum && beginString < 'FIX.4.4')
    throw bad(name, 'enableNextExpectedMsgSeqNum needs FIX.4.4 or FIXT.1.1: tag 789 is of no earlier version');
  if (settings.enableLastMsgSeqNumProcessed && isBefore42(beginString))
    throw bad(name, 'enableLastMsgSeqNumProcessed needs FIX.4.2 or later: tag 369 is of no earlier version');
  if (!(Number.isInteger(settings.resendRequestChunkSize) && settings.resendRequestChunkSize >= 0))
    throw bad(name, 'resendRequestChunkSize is a count of messages, 0 for all at once');
  for (const direction of ['throttleIn', 'throttleOut'] as const) {
    const fault = settings[direction] && throttleFault(settings[direction]);
    if (fault !== undefined) throw bad(name, `${direction}: ${fault}`);
  }
  const wrongTimes = scheduleFault(settings.schedule);
  if (wrongTimes !== undefined) throw bad(name, `schedule.${wrongTimes.key} ${wrongTimes.reason}`);
  return isBefore42(beginString) ? { ...settings, timestampDecimals: 0 } : settings;
}

function bad(name: string, reason: string): ConfigError {
  return new ConfigError('HR_FIX_SETTINGS', `session ${name}: ${reason}`);
}

/** `FIX.4.4:US->THEM`, as logs and errors name a session. */
export function sessionName(settings: Pick<SessionSettings, 'beginString' | 'senderCompID' | 'targetCompID'>): string {
  return `${settings.beginString}:${settings.senderCompID}->${settings.targetCompID}`;
}

/** FIX.4.0 and 4.1: no milliseconds, no SessionRejectReason, no BusinessMessageReject, ResendRequest to 999999. */
export function isBefore42(beginString: string): boolean {
  return beginString === 'FIX.4.0' || beginString === 'FIX.4.1';
}
