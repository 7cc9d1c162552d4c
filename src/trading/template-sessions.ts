import { readFileSync } from 'node:fs';

import { ConfigError } from '../model/index.js';
import type { SessionSettings, sessionSettings } from '../session/index.js';
import type { LogonIdentity } from './listener.js';

/** A longer CompID is nobody's name; what it would hold for good is the server's memory. */
const COMP_ID_SIZE_MAX = 64;

type Given = Parameters<typeof sessionSettings>[0];

/** A kind of acceptor session: who names itself so and is approved gets one of its own at its first logon. */
export interface SessionTemplate {
  /** Settings of each session made from it; `targetCompID` is a pattern: `*` stands for any characters, `?` for one. */
  readonly settings: Omit<Given, 'role'>;
  /**
   * Asked at every logon of such a session, also of one that is there already. False, or an error thrown, closes the connection without a
   * word. It is asked within the read of the first message, so it must answer at once.
   */
  approve(identity: LogonIdentity, remote: string): boolean;
  /** A name in the certificate of each counterparty, common or alternative; the port's `tls.ca` asks for one. */
  readonly certificateName?: string;
  /** Sessions it may make; who comes beyond is refused. They are kept, with their numbers, as long as their engine. */
  readonly sessionsMax: number;
}

/** Whether a CompID is one of a pattern. Each `*` is tried once more a character at most, whatever the pattern. */
export function matchesPattern(pattern: string, text: string): boolean {
  let [at, next, star, from] = [0, 0, -1, 0];
  while (at < text.length) {
    if (pattern[next] === '*') [star, from] = [next++, at];
    else if (pattern[next] === '?' || pattern[next] === text[at]) [next, at] = [next + 1, at + 1];
    else if (star >= 0) [next, at] = [star + 1, ++from];
    else return false;
  }
  while (pattern[next] === '*') next++;
  return next === pattern.length;
}

/** One template, and how many sessions it has made. */
export class TemplateSessions {
  #made = new Set<string>();

  constructor(readonly template: SessionTemplate) {
    const { settings, sessionsMax } = template;
    if (Number.isInteger(sessionsMax) && sessionsMax > 0) return;
    throw new ConfigError(
      'HR_FIX_SETTINGS',
      `template ${settings.targetCompID}: sessionsMax is a whole number above 0`,
    );
  }

  isOf(identity: LogonIdentity): boolean {
    const { beginString, senderCompID, targetCompID } = this.template.settings;
    if (identity.beginString !== beginString || identity.senderCompID !== senderCompID) return false;
    const size = identity.targetCompID.length;
    return size > 0 && size <= COMP_ID_SIZE_MAX && matchesPattern(targetCompID, identity.targetCompID);
  }

  has(name: string): boolean {
    return this.#made.has(name);
  }

  /** The settings of a new session; undefined when it has made all it may. */
  make(
    name: string,
    { targetCompID }: LogonIdentity,
  ): (SessionTemplate['settings'] & Pick<SessionSettings, 'role'>) | undefined {
    if (this.#made.size >= this.template.sessionsMax) return undefined;
    this.#made.add(name);
    return { ...this.template.settings, targetCompID, role: 'acceptor' };
  }

  approves(identity: LogonIdentity, remote: string): boolean {
    try {
      return this.template.approve(identity, remote);
    } catch {
      return false;
    }
  }
}

/**
 * Approval by a file: one TargetCompID a line, `#` begins a comment. It is read at each logon, so a change holds from the next one on; a file
 * that cannot be read approves nobody. Throws ConfigError (HR_FIX_SETTINGS) when it cannot be read now.
 */
export function allowListFile(path: string): SessionTemplate['approve'] {
  try {
    readFileSync(path);
  } catch (cause) {
    throw new ConfigError('HR_FIX_SETTINGS', `${path}: ${(cause as Error).message}`, { cause });
  }
  return ({ targetCompID }) => {
    const lines = readFileSync(path, 'utf8').split('\n');
    return lines.some(line => line.replace(/#.*/, '').trim() === targetCompID);
  };
}
