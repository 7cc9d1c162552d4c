import { FixBatch, NameTable, type Dictionaries } from '../codec/index.js';
import {
  SEGMENT_SIZE_BYTES,
  loadSnapshot,
  openLogReader,
  openLogWriter,
  type FrameView,
  type LogWriter,
} from '../journal/index.js';
import { CapacityError, ConfigError, HeadraceError, invariant } from '../model/index.js';
import { loadAddon } from '../native/index.js';
import { createGate, type Gate } from '../risk/index.js';
import { Receiver, Session } from '../session/index.js';
import { joinCopies } from './drop-copy.js';
import { HaltBook } from './halt-book.js';
import type { LaneContext } from './lane-context.js';
import { LaneMeter } from './lane-meter.js';
import type { LaneOptions } from './lane-options.js';
import { LaneSession, type LaneApplication } from './lane-session.js';
import { LedgerFold } from './ledger-fold.js';
import { LedgerGroup } from './ledger-group.js';
import { LoadFold } from './load-desk.js';
import { Names, sessionNamedBy } from './names.js';
import type { NamedRule } from './order-rule.js';
import { OrderFold } from './order-fold.js';
import { ORDER_ROW } from './order-row.js';
import { OrderTable } from './order-table.js';
import { SentIndex } from './sent-index.js';
import { sentMessages } from './sent-messages.js';
import { sessionRoster, type RosterEntry } from './session-roster.js';
import { decodeLaneSnapshot, type SnapshotFacts, type SnapshotTables } from './snapshot.js';

export const LEDGER = 'ledger';
/** Sent messages a session can be asked for again; older ones are gap-filled. */
const SENT_MESSAGES_MAX = 1 << 20;
const SESSION_NAME_SIZE_MAX = 47;
const SEGMENT_ALIGNMENT = 4_096;
const SEGMENT_SIZE_MIN = 4 * 1024 * 1024;
const FRAMES_A_POLL = 4_096;
/** Accepted orders remembered as possible duplicates. */
const DUPLICATE_ORDERS = 65_536;
const PAIRS_AN_ACCOUNT = 16;

/** What a lane is given besides its options: functions and tables that are not plain data. */
export interface LaneOutside {
  readonly dictionaries: Dictionaries;
  readonly application: LaneApplication;
  readonly rules: readonly NamedRule[];
}

/** A lane's state as the ledger gives it. */
export interface OpenedLane {
  readonly context: LaneContext;
  readonly names: Names;
  readonly loads: LoadFold;
  readonly fold: LedgerFold;
  /** Those that the config names. */
  readonly clients: readonly LaneSession[];
  /** Those that it no longer names. */
  readonly dormant: readonly LaneSession[];
}

interface Restored {
  readonly sequence: number;
  readonly facts: SnapshotFacts | undefined;
  readonly tables: SnapshotTables;
}

const NOTHING: Restored = { sequence: 0, facts: undefined, tables: {} };

/**
 * Recovery in its fixed order: lock the folder and repair the tail, load the newest snapshot, fold the frames after it. The application gets
 * what sessions deliver from then on. Throws what the journal throws, and ConfigError where capacities do not fit.
 */
export function openLane(options: LaneOptions, outside: LaneOutside): OpenedLane {
  const journal = openLogWriter({
    directory: options.directory,
    name: LEDGER,
    durability: options.durability,
    chained: true,
    native: options.native,
    tail: options.memory.tail,
    group: options.group,
    segmentSizeBytes: segmentSize(options.retainBytes),
    acceptDamage: options.acceptDamage,
    // The lane itself refuses new orders while only the reserve is left; everything it does write may use it.
    mayUseReserve: true,
  });
  try {
    const restored = newestSnapshot(options.directory, journal);
    const roster = sessionRoster(options, sessionNames(options, restored));
    return foldLane({ options, ...outside, journal, roster }, restored);
  } catch (error) {
    journal.close();
    throw error;
  }
}

function newestSnapshot(directory: string, journal: LogWriter): Restored {
  const snapshot = loadSnapshot(directory, LEDGER, journal.recovery.lastSequence);
  const read = snapshot && decodeLaneSnapshot(snapshot.bytes);
  return snapshot === undefined || read === undefined ? NOTHING : { sequence: snapshot.sequence, ...read };
}

/**
 * The sessions by their index in the ledger: those of the snapshot, then those that only the frames behind it name, of which some may have left
 * the config since. They are read before the fold, as its gate has room for as many as there are.
 */
function sessionNames(options: LaneOptions, { sequence, facts }: Restored): readonly string[] {
  const names = facts?.sessions.map(({ name }) => name) ?? [];
  readLedger(options, sequence + 1, frame => {
    const session = sessionNamedBy(frame);
    // Names are written again where retention deleted the first.
    if (session?.index === names.length) names.push(session.name);
  });
  return names;
}

/** Retention deletes whole segments: sixteen or more within its bound. */
function segmentSize(retainBytes: number): number {
  const share = Math.floor(retainBytes / 16 / SEGMENT_ALIGNMENT) * SEGMENT_ALIGNMENT;
  return Math.max(SEGMENT_SIZE_MIN, Math.min(SEGMENT_SIZE_BYTES, share));
}

interface Parts extends LaneOutside {
  readonly options: LaneOptions;
  readonly journal: LogWriter;
}

interface RosterParts extends Parts {
  readonly roster: readonly RosterEntry[];
}

function foldLane(parts: RosterParts, restored: Restored): OpenedLane {
  let from = restored;
  let gate: Gate;
  try {
    gate = openGate(parts, restored.tables['gate']);
  } catch (error) {
    // Other capacities than the snapshot's: everything is folded again from the first frame.
    if (!(error instanceof HeadraceError && error.code === 'HR_GATE_SNAPSHOT')) throw error;
    from = NOTHING;
    gate = openGate(parts, undefined);
  }
  const lane = buildLane(parts, gate, from);
  const missing = readLedger(parts.options, from.sequence + 1, frame => lane.fold.apply(frame));
  if (missing > 0 && !parts.options.acceptDamage) throw incomplete(missing);
  nameSessions(lane);
  for (const session of lane.context.sessions) {
    const { nextIn, nextOut, beganMs } = session.folded;
    session.session.foldReset(nextIn, nextOut, beganMs);
  }
  return lane;
}

function openGate({ options, roster }: RosterParts, memory: Uint8Array | undefined): Gate {
  const { capacities, native } = options;
  return createGate({
    accounts: capacities.accounts,
    symbols: capacities.symbols,
    sessions: roster.length,
    pairs: capacities.accounts * PAIRS_AN_ACCOUNT,
    clOrdIds: capacities.clOrdIds,
    duplicateWindow: { orders: DUPLICATE_ORDERS, timeMs: capacities.duplicateWindowMs },
    addon: loadAddon(native),
    memory,
  });
}

function openNames(options: LaneOptions, group: LedgerGroup, tables: SnapshotTables): Names {
  const table = (name: string, capacity: number, nameSizeMax: number): NameTable =>
    new NameTable(tables[name] ?? { capacity, nameSizeMax });
  const { accounts, symbols } = options.capacities;
  return new Names(
    {
      accounts: table('accounts', accounts, 31),
      symbols: table('symbols', symbols, 31),
      sessions: table('sessions', 4_096, SESSION_NAME_SIZE_MAX),
    },
    group,
  );
}

function buildLane(parts: RosterParts, gate: Gate, from: Restored): OpenedLane {
  const { options, journal } = parts;
  const group = new LedgerGroup(journal);
  const names = openNames(options, group, from.tables);
  const sessions: LaneSession[] = [];
  const isDirect = (index: number): boolean => sessions[index]?.isDirect === true;
  const orders = new OrderFold(new OrderTable(options.capacities.orders), gate, isDirect);
  restoreOrders(orders.table, from.tables);
  orders.booked.restore(numbersOf(from.tables['bookedFills']));
  const loads = new LoadFold(from.facts?.loads);
  const halts = new HaltBook(names, from.facts?.halts);
  const fold = new LedgerFold({ names, gate, orders, loads, halts, session: index => sessions[index] });
  fold.limitsHash = from.facts?.limitsHash ?? '';
  fold.lastTimeNs = BigInt(from.facts?.lastTimeNs ?? 0);
  // One batch and one buffer for all sessions: the lane reads one connection at a time, and the native scan is bound once.
  const receiver = new Receiver(new FixBatch(loadAddon(options.native), { names }), () => performance.now());
  parts.roster.forEach((entry, index) =>
    sessions.push(openSession({ ...parts, group, receiver }, { entry, index }, from)),
  );
  const venue = sessions[0] as LaneSession;
  const context: LaneContext = {
    instanceId: options.instanceId,
    group,
    receiver,
    gate,
    orders,
    halts,
    accounts: names.accounts,
    symbols: names.symbols,
    meter: new LaneMeter(options.memory.meter),
    sessions,
    venue,
    rules: parts.rules,
    excessBytes: 0,
    nowNs: fold.lastTimeNs,
    utcOffsetNs: 0n,
  };
  joinCopies(context, options.dropCopy ?? []);
  const [clients, dormant] = [false, true].map(gone => sessions.slice(1).filter(({ isDormant }) => isDormant === gone));
  return { context, names, loads, fold, clients: clients ?? [], dormant: dormant ?? [] };
}

function restoreOrders(table: OrderTable, { orders: rows, earlierIds }: SnapshotTables): void {
  if (rows === undefined) return;
  const least = rows.length / ORDER_ROW.sizeBytes;
  if (least > table.capacity)
    throw new ConfigError(
      'HR_CONFIG',
      `lane.orders: the ledger's snapshot holds ${least}, ${table.capacity} is too few`,
    );
  table.restore(rows, numbersOf(earlierIds));
}

function openSession(
  parts: Parts & { readonly group: LedgerGroup; readonly receiver: Receiver },
  { entry, index }: { entry: RosterEntry; index: number },
  from: Restored,
): LaneSession {
  const sent = new SentIndex(SENT_MESSAGES_MAX);
  const messages = sentMessages(parts.options.directory, LEDGER, sent);
  const session = new Session(entry.settings, parts.dictionaries, messages, parts.receiver);
  const { beginString, defaultApplVerID = beginString } = entry.settings;
  const dictionary = parts.dictionaries(defaultApplVerID);
  invariant(dictionary !== undefined, 'a session has opened without its dictionary', { defaultApplVerID });
  const lane = new LaneSession({
    index,
    name: entry.name,
    defaultAccount: entry.account,
    isDormant: entry.isDormant,
    cancelOnDisconnect: entry.cancelOnDisconnect,
    passesOn: entry.passesOn,
    bufferedBytesMax: (index === 0 ? parts.options.venue : parts.options.clients).bufferedBytesMax,
    session,
    dictionary,
    sent,
    messages,
    group: parts.group,
    application: parts.application,
  });
  const saved = from.facts?.sessions[index];
  if (saved === undefined) return lane;
  lane.restore(saved);
  const held = from.tables[`sent${index}`];
  if (held !== undefined) sent.restore(numbersOf(held));
  return lane;
}

function numbersOf(bytes: Uint8Array | undefined): Float64Array {
  return new Float64Array(Uint8Array.from(bytes ?? []).buffer);
}

/** Shows every frame from `from` on. Returns how many of them are not there any more. */
function readLedger({ directory, memory }: LaneOptions, from: number, visit: (frame: FrameView) => void): number {
  const reader = openLogReader({ directory, name: LEDGER, tail: memory.tail, from });
  try {
    while (reader.poll(visit, FRAMES_A_POLL) > 0);
    return reader.skippedFrames;
  } finally {
    reader.close();
  }
}

function incomplete(frames: number): CapacityError {
  const reason = `${frames} frames of the ledger are needed and were dropped by retention`;
  return new CapacityError(
    'HR_LEDGER_INCOMPLETE',
    `${reason}; put lane.accounts, lane.symbols and lane.clOrdIds back as they were, or start the version that wrote the last snapshot`,
  );
}

/** Before anybody connects the ledger names every session at its place. */
function nameSessions({ context, names }: OpenedLane): void {
  for (const { index, name } of context.sessions) {
    const given = names.session(name);
    invariant(given === index, 'a session stands elsewhere in the ledger', { name, index, given });
  }
}
