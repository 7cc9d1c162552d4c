import { builtInDictionaries } from '../codec/index.js';
import { ConfigError, HeadraceError, STATUS, statusName } from '../model/index.js';
import type { SessionState } from '../session/index.js';
import type { LaneOptions } from './lane-options.js';
import type { LaneApplication, LaneSession } from './lane-session.js';
import { openLane } from './open-lane.js';

/** Nobody is connected, so nothing is asked of it. */
const NOBODY: LaneApplication = {
  application: () => 'taken',
  mayResend: () => false,
  beforeResend: () => {},
  reset: () => {},
  rejected: () => {},
  refused: () => {},
  wanted: () => false,
  gapFilled: () => {},
  throttled: () => {},
  passedOver: () => {},
  event: () => {},
};

/**
 * Writes the numbers that a session of the ledger goes on with, for one that another engine has served until now. The gateway must not be
 * running. Throws ConfigError: HR_FIX_NO_SESSION for a session that the config does not name, HR_FIX_STORE_USED where its numbers are in use.
 */
export function takeOverNumbers(options: LaneOptions, name: string, state: SessionState): void {
  const { context, clients } = openLane(options, { dictionaries: builtInDictionaries, application: NOBODY, rules: [] });
  const { journal } = context.group;
  try {
    const sessions = [context.venue, ...clients];
    const session = sessions.find(known => known.name === name);
    if (session === undefined) throw noSession(name, sessions);
    const { nextIn, nextOut } = session.folded;
    if (nextIn !== 1 || nextOut !== 1) throw inUse(session);
    session.session.restore(state);
    session.endGroup();
    // A clock behind the ledger's last frame is the fold's to bear: frames never go back.
    const nowNs = BigInt(Date.now()) * 1_000_000n;
    const status = context.group.commit(nowNs > context.nowNs ? nowNs : context.nowNs);
    const synced = status === STATUS.ok.code ? journal.sync() : status;
    if (synced !== STATUS.ok.code)
      throw new HeadraceError('HR_JOURNAL_FAILED', `the ledger did not take the numbers: ${statusName(synced)}`);
  } finally {
    journal.close();
  }
}

function noSession(name: string, sessions: readonly LaneSession[]): ConfigError {
  const known = sessions.map(session => session.name).join(', ');
  return new ConfigError('HR_FIX_NO_SESSION', `the configuration has no session ${name}; it has ${known}`);
}

function inUse({ name, folded }: LaneSession): ConfigError {
  const words = `the ledger has session ${name} at ${folded.nextIn} in and ${folded.nextOut} out: its numbers are in use`;
  return new ConfigError('HR_FIX_STORE_USED', `${words}; take a new dataDir, or go on with these numbers`);
}
