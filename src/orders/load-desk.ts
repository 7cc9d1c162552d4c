import {
  FRAME_TYPE,
  GATE_COMMAND_KIND,
  GATE_RESET,
  LIMIT,
  LOAD_BEGIN,
  NO_INDEX,
  NO_LIMIT,
  POSITION,
  invariant,
} from '../model/index.js';
import {
  accountLimitFields,
  encodeGateCommand,
  limitCommands,
  tighterLimits,
  type AccountLimitFields,
  type Gate,
  type GateLimits,
} from '../risk/index.js';
import type { LaneContext } from './lane-context.js';
import type { Names } from './names.js';
import type { OpenedLane } from './open-lane.js';
import { textOf } from './order-row.js';

/** Gate limits of notional are at 10^-2, rows of a load at 10^-8. */
const NOTIONAL_UNIT = 1_000_000n;
/** A LIMIT row's message rate is a second's. */
const RATE_WINDOW_MS = 1_000;
/** Frames staged before the ledger is committed: bounds what one load keeps unwritten. */
const FRAMES_A_COMMIT = 1_000;
/** Rows held of a load whose end has not come: beyond it the load is refused. */
const ROWS_MAX = 4_000_000;

/** One finished load, as `/readyz`, the page and the next load read it. */
export interface Load {
  readonly fileHash: string;
  readonly businessDate: number;
  readonly sequence: number;
}

/** What the config says of accounts. */
export type ConfiguredLimits = Pick<GateLimits, 'accounts' | 'everyAccount'>;

export type LoadResult =
  | { readonly status: 'loaded'; readonly load: Load; readonly rows: number }
  | { readonly status: 'alreadyLoaded'; readonly load: Load }
  | { readonly status: 'refused'; readonly reason: string };

/**
 * Start-of-day loads: rows wait until their LOAD_END, then they replace positions and limits in one go, as gate commands in the ledger
 * between a loadBegin and a loadEnd frame. On replay they are applied at the loadEnd frame too, so half a load is none.
 */
export class LoadDesk {
  readonly #context: LaneContext;
  readonly #names: Names;
  readonly #configured: ConfiguredLimits;
  readonly #commit: () => void;
  #begin: Uint8Array | undefined;
  #positions: Uint8Array[] = [];
  #limits: Uint8Array[] = [];
  readonly folded: LoadFold;

  constructor(lane: OpenedLane, configured: ConfiguredLimits, commit: () => void) {
    this.#context = lane.context;
    this.#names = lane.names;
    this.folded = lane.loads;
    this.#configured = configured;
    this.#commit = commit;
  }

  /** Takes one row of a load off the ring; the result comes with its last. `reload` lets another file for a loaded date in. */
  take(type: number, row: Uint8Array, reload: boolean): LoadResult | undefined {
    if (type === FRAME_TYPE.loadBegin) {
      this.#begin = row.slice();
      this.#positions = [];
      this.#limits = [];
    } else if (type === FRAME_TYPE.position) this.#positions.push(row.slice());
    else if (type === FRAME_TYPE.limit) this.#limits.push(row.slice());
    else if (type === FRAME_TYPE.loadEnd) return this.#finish(row, reload);
    invariant(this.#positions.length + this.#limits.length <= ROWS_MAX, `a load has more than ${ROWS_MAX} rows`);
    return undefined;
  }

  #finish(end: Uint8Array, reload: boolean): LoadResult {
    const begin = this.#begin;
    invariant(begin !== undefined, 'the end of a load came without its beginning');
    this.#begin = undefined;
    const known = this.folded.refusal(begin, reload);
    if (known !== undefined) return known;
    const commands = this.#commands(begin);
    const { group } = this.#context;
    const head = (type: number): { type: number; topic: number; source: number } => ({ type, topic: 0, source: 0 });
    group.add(head(FRAME_TYPE.loadBegin), begin);
    group.end();
    this.folded.begin(begin);
    commands.forEach((command, index) => {
      group.add(head(FRAME_TYPE.command), command);
      group.end();
      this.folded.hold(command);
      if (index % FRAMES_A_COMMIT === FRAMES_A_COMMIT - 1) this.#commit();
    });
    const sequence = group.add(head(FRAME_TYPE.loadEnd), end);
    group.end();
    const load = this.folded.end(this.#context.gate, sequence);
    this.#commit();
    return { status: 'loaded', load, rows: commands.length };
  }

  #commands(begin: Uint8Array): Uint8Array[] {
    const value = GATE_RESET.accountLimits | GATE_RESET.positions;
    const commands = [
      encodeGateCommand({ kind: GATE_COMMAND_KIND.reset, value }),
      encodeGateCommand({ kind: GATE_COMMAND_KIND.businessDate, value: businessDateOf(begin) }),
      ...this.#configuredCommands(),
      ...this.#limits.flatMap(row => this.#limitCommands(row)),
      ...this.#positions.map(row => this.#positionCommand(row)),
    ];
    this.#positions = [];
    this.#limits = [];
    return commands;
  }

  // Each new name is a group of its own: all of a large file's would be more than a commit holds.
  #account(name: string): number {
    const index = this.#names.account(name);
    this.#context.group.end();
    return index;
  }

  #symbol(name: string): number {
    const index = this.#names.symbol(name);
    this.#context.group.end();
    return index;
  }

  /** The config's accounts: the reset took theirs too, and the file need not name them. */
  #configuredCommands(): Uint8Array[] {
    const { accounts = {}, everyAccount = {} } = this.#configured;
    const names = {
      account: (name: string) => this.#account(name),
      symbol: (name: string) => this.#symbol(name),
      session: () => NO_INDEX,
    };
    return limitCommands({ accounts, everyAccount }, names);
  }

  /** An account's limits, the tighter of file and config; and the message rate of the sessions that trade for it alone. */
  #limitCommands(row: Uint8Array): Uint8Array[] {
    const account = textOf(row, LIMIT.offset.account);
    const own = encodeGateCommand({
      kind: GATE_COMMAND_KIND.accountLimits,
      accountIndex: this.#account(account),
      ...tighterLimits(fieldsOf(row), accountLimitFields(this.#configured, account)),
    });
    const rateOrders = limitOf(row, 'messageRate');
    if (rateOrders === NO_LIMIT) return [own];
    const sessions = this.#context.sessions.filter(session => session.defaultAccount === account);
    const rates = sessions.map(session =>
      encodeGateCommand({
        kind: GATE_COMMAND_KIND.sessionLimits,
        sessionIndex: session.index,
        rateOrders,
        rateWindowMs: RATE_WINDOW_MS,
      }),
    );
    return [own, ...rates];
  }

  #positionCommand(row: Uint8Array): Uint8Array {
    const view = viewOf(row);
    return encodeGateCommand({
      kind: GATE_COMMAND_KIND.position,
      accountIndex: this.#account(textOf(row, POSITION.offset.account)),
      symbolIndex: this.#symbol(textOf(row, POSITION.offset.symbol)),
      quantity: view.getBigInt64(POSITION.offset.quantity, true),
      averagePrice: view.getBigInt64(POSITION.offset.averagePrice, true),
    });
  }
}

/**
 * Ends a load that was half written when the process died: a loadEnd frame without a LOAD_END row says that it was aborted. Without it the
 * next replay would hold every later command for that load.
 */
export function dropOpenLoad({ context, loads }: OpenedLane, commit: () => void): void {
  if (!loads.isOpen) return;
  loads.abort();
  context.group.add({ type: FRAME_TYPE.loadEnd, topic: 0, source: 0 }, new Uint8Array());
  context.group.end();
  commit();
}

/** What the ledger knows of loads: the finished ones, and the commands of one that is being read back. */
export class LoadFold {
  readonly loads: Load[];
  #begin: Uint8Array | undefined;
  #held: Uint8Array[] = [];

  constructor(loads: readonly Load[] = []) {
    this.loads = [...loads];
  }

  /** Whether a load is open: gate commands then belong to it and wait. */
  get isOpen(): boolean {
    return this.#begin !== undefined;
  }

  begin(row: Uint8Array): void {
    this.#begin = row.slice();
    this.#held = [];
  }

  hold(command: Uint8Array): void {
    this.#held.push(command.slice());
  }

  /** Forgets the open load: it was aborted. */
  abort(): void {
    this.#begin = undefined;
    this.#held = [];
  }

  end(gate: Gate, sequence: number): Load {
    const begin = this.#begin;
    invariant(begin !== undefined, 'a loadEnd frame came without its loadBegin');
    for (const command of this.#held) {
      const status = gate.apply(command, 0, command.length);
      invariant(status === 0, 'the gate has no room for the load; raise lane.accounts, lane.symbols or lane.orders', {
        status,
      });
    }
    this.abort();
    const load = { fileHash: hashOf(begin), businessDate: businessDateOf(begin), sequence };
    this.loads.push(load);
    return load;
  }

  /** Why this file is not loaded: its hash was loaded before, or a file was loaded for its date or a later one. */
  refusal(begin: Uint8Array, reload: boolean): LoadResult | undefined {
    const hash = hashOf(begin);
    const businessDate = businessDateOf(begin);
    const same = this.loads.find(load => load.fileHash === hash);
    if (same !== undefined) return { status: 'alreadyLoaded', load: same };
    const newest = this.loads.findLast(load => load.businessDate >= businessDate);
    if (newest === undefined || reload) return undefined;
    const file = newest.businessDate === businessDate ? 'another file' : `this is of ${businessDate}, a file`;
    const reason = `${file} was loaded for ${newest.businessDate} (${newest.fileHash.slice(0, 12)}…); --reload replaces it`;
    return { status: 'refused', reason };
  }
}

/** A limit of a LIMIT row; below 0 the file has none. */
function limitOf(
  row: Uint8Array,
  field: 'maxQuantity' | 'maxNotional' | 'maxPosition' | 'grossNotional' | 'messageRate',
): bigint {
  const value = viewOf(row).getBigInt64(LIMIT.offset[field], true);
  return value < 0n ? NO_LIMIT : value;
}

function notional(limit: bigint): bigint {
  return limit === NO_LIMIT ? limit : limit / NOTIONAL_UNIT;
}

function fieldsOf(row: Uint8Array): AccountLimitFields {
  return {
    maxQuantity: limitOf(row, 'maxQuantity'),
    maxNotional: notional(limitOf(row, 'maxNotional')),
    maxPosition: limitOf(row, 'maxPosition'),
    grossNotional: notional(limitOf(row, 'grossNotional')),
  };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function hashOf(begin: Uint8Array): string {
  return Buffer.from(begin.subarray(LOAD_BEGIN.offset.fileHash, LOAD_BEGIN.offset.fileHash + 32)).toString('hex');
}

function businessDateOf(begin: Uint8Array): number {
  return viewOf(begin).getUint32(LOAD_BEGIN.offset.businessDate, true);
}
