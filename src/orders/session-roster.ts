import { ConfigError, invariant } from '../model/index.js';
import { sessionName, sessionSettings, type SessionSettings } from '../session/index.js';
import type { CancelOnDisconnect, ClientSessionOptions, LaneOptions, PassedOn } from './lane-options.js';

const PASSED_ON: PassedOn = { orderStatus: false, dontKnowTrade: true };

/** One session of the ledger: where it stands there is its place in the roster. */
export interface RosterEntry {
  readonly name: string;
  readonly settings: SessionSettings;
  /** Account (1) of orders that carry none. */
  readonly account: string | undefined;
  readonly cancelOnDisconnect: CancelOnDisconnect | undefined;
  readonly passesOn: PassedOn;
  /** The config no longer names it: nobody may log on, and what it would be told is stored under its numbers. */
  readonly isDormant: boolean;
}

/**
 * The sessions of a lane by their ledger index: the venue, then every client session that the ledger knows, as it knows them, then those that
 * are new in the config. So the config may list them in any order, and leave out ones whose orders are still open. Throws ConfigError for a
 * ledger of another venue.
 */
export function sessionRoster({ venue, clients }: LaneOptions, known: readonly string[]): readonly RosterEntry[] {
  const first = venueEntry(venue);
  if (known[0] !== undefined && known[0] !== first.name) {
    const words = `the ledger's venue is ${known[0]} and the config's is ${first.name}`;
    throw new ConfigError('HR_SESSION_VENUE', `fix.venue: ${words}; another venue needs a dataDir of its own`);
  }
  const configured = new Map(clients.sessions.map(client => [sessionName(client), clientEntry(client)] as const));
  const clientsKnown = known.slice(1);
  const added = [...configured.values()].filter(({ name }) => !clientsKnown.includes(name));
  return [first, ...clientsKnown.map(name => configured.get(name) ?? dormantEntry(name)), ...added];
}

function venueEntry({ rules, ...venue }: LaneOptions['venue']): RosterEntry {
  const { beginString, defaultApplVerID, senderCompID, targetCompID, heartBtIntSeconds } = venue;
  const names = { beginString, senderCompID, targetCompID };
  const version = defaultApplVerID === undefined ? {} : { defaultApplVerID };
  const settings = sessionSettings({ ...names, ...version, ...rules, heartBtIntSeconds, role: 'initiator' });
  return {
    name: sessionName(names),
    settings,
    account: undefined,
    cancelOnDisconnect: undefined,
    passesOn: PASSED_ON,
    isDormant: false,
  };
}

function clientEntry(client: ClientSessionOptions): RosterEntry {
  const { beginString, defaultApplVerID, senderCompID, targetCompID, account, cancelOnDisconnect, throttleIn } = client;
  const names = { beginString, senderCompID, targetCompID };
  const version = defaultApplVerID === undefined ? {} : { defaultApplVerID };
  const settings = sessionSettings({ ...client.rules, ...names, ...version, role: 'acceptor', throttleIn });
  const passesOn = { ...PASSED_ON, ...client.passesOn };
  return { name: sessionName(settings), settings, account, cancelOnDisconnect, passesOn, isDormant: false };
}

/** Of a session that is gone the ledger holds the name, which says all that storing a message needs. */
function dormantEntry(name: string): RosterEntry {
  const parts = /^([^:]+):(.+?)->(.+)$/s.exec(name);
  invariant(parts !== null, 'a session name of the ledger is none', { name });
  const [, beginString, senderCompID, targetCompID] = parts as unknown as [string, string, string, string];
  // The application version is no part of the name; the newest knows every field of a report.
  const version = beginString === 'FIXT.1.1' ? { defaultApplVerID: 'FIX.5.0SP2' } : {};
  return { ...clientEntry({ beginString, ...version, senderCompID, targetCompID }), name, isDormant: true };
}
