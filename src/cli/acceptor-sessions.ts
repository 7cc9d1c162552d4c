import { dirname, resolve } from 'node:path';

import { VALIDATE_ALL, type ValidationRules } from '../codec/index.js';
import { ConfigError } from '../model/index.js';
import type { SessionSettings } from '../session/index.js';
import { readInput } from './arguments.js';

/** Settings a sessions file may give, for all sessions or for one, and what type their values have. */
const SETTINGS = {
  resetOnLogon: 'boolean',
  resetOnLogout: 'boolean',
  resetOnDisconnect: 'boolean',
  disconnectOnError: 'boolean',
  resetOnError: 'boolean',
  checkCompID: 'boolean',
  requiresOrigSendingTime: 'boolean',
  maxLatencySeconds: 'number',
  timestampDecimals: 'number',
  useDictionary: 'boolean',
  enableNextExpectedMsgSeqNum: 'boolean',
  enableLastMsgSeqNumProcessed: 'boolean',
  resendRequestChunkSize: 'number',
  rejectGarbledMessage: 'boolean',
  validateLength: 'boolean',
  validateChecksum: 'boolean',
  throttleIn: 'object',
  throttleOut: 'object',
  schedule: 'object',
} as const satisfies Partial<Record<keyof SessionSettings, string>>;
const NAMES = {
  beginString: 'string',
  targetCompID: 'string',
  defaultApplVerID: 'string',
  certificateName: 'string',
  allowList: 'string',
  sessionsMax: 'number',
} as const;

type Words = Readonly<Record<string, unknown>>;
type Names = Pick<SessionSettings, 'beginString' | 'senderCompID' | 'targetCompID' | 'defaultApplVerID'>;

/** What one line of the file asks for; the engine checks the values. */
export interface AcceptorSession {
  readonly settings: Names & Partial<SessionSettings>;
  readonly certificateName: string | undefined;
  /** It stands for all whose CompID its `targetCompID` fits and who are in this file, one a line. */
  readonly allowList: string | undefined;
  /** Sessions that may be made of it. */
  readonly sessionsMax: number;
}

const SESSIONS_MAX = 1_000;

/** A sessions file: each session is made when it is served, so that one bad session does not keep the others from it. */
export interface AcceptorSessions {
  readonly sessions: readonly (() => AcceptorSession)[];
}

/**
 * Reads a sessions file. A word it does not know is told to `report` and passed over. Throws ConfigError (HR_FIX_SETTINGS) naming the
 * file; a session's own throws what is wrong with it.
 */
export function readAcceptorSessions(path: string, report: (text: string) => void): AcceptorSessions {
  const { senderCompID, sessions, ...shared } = parse(path);
  if (typeof senderCompID !== 'string' || !Array.isArray(sessions))
    throw new ConfigError('HR_FIX_SETTINGS', `${path}: senderCompID and sessions are needed; see --help`);
  const common = settingsOf(shared, {}, text => report(`${path}: ${text}`));
  return {
    sessions: sessions.map((session: Words, index) => () => {
      const own = settingsOf(session, NAMES, text => report(`${path}: sessions[${index}]: ${text}`));
      const validation = { ...VALIDATE_ALL, ...common.validation, ...own.validation };
      const { certificateName, allowList, sessionsMax = SESSIONS_MAX, ...rest } = { ...common, ...own };
      const settings = { ...rest, senderCompID, validation };
      return { settings, certificateName, allowList: besides(path, allowList), sessionsMax } as AcceptorSession;
    }),
  };
}

/** A relative path begins at the sessions file's folder. */
function besides(path: string, file: unknown): string | undefined {
  return typeof file === 'string' ? resolve(dirname(path), file) : undefined;
}

function parse(path: string): Words {
  try {
    const file: unknown = JSON.parse(readInput(path));
    if (typeof file === 'object' && file !== null) return file as Words;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new ConfigError('HR_FIX_SETTINGS', `${path}: ${cause.message}`, { cause });
  }
  throw new ConfigError('HR_FIX_SETTINGS', `${path}: senderCompID and sessions are needed; see --help`);
}

function settingsOf(
  words: Words,
  names: Words,
  report: (text: string) => void,
): Words & { validation: Partial<ValidationRules> } {
  const settings: Record<string, unknown> = {};
  const validation: Record<string, unknown> = {};
  const known: Words = { ...SETTINGS, ...names };
  for (const [word, value] of Object.entries(words)) {
    const rule = word in VALIDATE_ALL;
    const type = rule ? 'boolean' : known[word];
    if (type === undefined) report(`${word} is no setting and is passed over; docs/fix.md lists them`);
    else if (typeof value !== type)
      throw new ConfigError('HR_FIX_SETTINGS', `${word} must be ${type === 'object' ? 'an' : 'a'} ${String(type)}`);
    else (rule ? validation : settings)[word] = value;
  }
  return { ...settings, validation };
}
