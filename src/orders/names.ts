import type { NameTable } from '../codec/index.js';
import type { FrameView } from '../journal/index.js';
import { CapacityError, FRAME_TYPE, NAME_KIND, NO_INDEX } from '../model/index.js';
import type { RecoveredNames } from './lane-messages.js';
import type { LedgerGroup } from './ledger-group.js';

const HEAD_SIZE = 8;
const NAMES_A_GROUP = 256;

/** The tables of a lane's names; a snapshot holds their memories. */
export interface NameTables {
  readonly accounts: NameTable;
  readonly symbols: NameTable;
  readonly sessions: NameTable;
}

/** The lane's names: an index given once is written to the ledger, so replay gives the same one. */
export class Names {
  readonly accounts: NameTable;
  readonly symbols: NameTable;
  readonly sessions: NameTable;
  readonly #group: LedgerGroup;

  constructor(tables: NameTables, group: LedgerGroup) {
    this.accounts = tables.accounts;
    this.symbols = tables.symbols;
    this.sessions = tables.sessions;
    this.#group = group;
  }

  account(name: string): number {
    return this.#intern(NAME_KIND.account, this.accounts, name);
  }

  symbol(name: string): number {
    return this.#intern(NAME_KIND.symbol, this.symbols, name);
  }

  session(name: string): number {
    return this.#intern(NAME_KIND.session, this.sessions, name);
  }

  #intern(kind: number, table: NameTable, name: string): number {
    const known = table.lookupText(name);
    if (known !== NO_INDEX) return known;
    const index = table.internText(name);
    if (index === NO_INDEX) {
      throw new CapacityError('HR_CAPACITY', `no room for the name "${name}"; raise lane.accounts or lane.symbols`);
    }
    this.#write(kind, index, name);
    return index;
  }

  #write(kind: number, index: number, name: string): void {
    const text = Buffer.from(name, 'latin1');
    const payload = Buffer.alloc(HEAD_SIZE + text.length);
    payload.writeUInt32LE(kind, 0);
    payload.writeUInt32LE(index, 4);
    payload.set(text, HEAD_SIZE);
    this.#group.add({ type: FRAME_TYPE.intern, topic: 0, source: 0 }, payload);
  }

  /** Writes all names once more, for readers that begin behind what retention took. `onGroup` is called after each full group. */
  writeAgain(onGroup: () => void): void {
    const tables = [
      [NAME_KIND.account, this.accounts],
      [NAME_KIND.symbol, this.symbols],
      [NAME_KIND.session, this.sessions],
    ] as const;
    for (const [kind, table] of tables)
      for (let index = 0, name = table.nameOf(0); name !== ''; name = table.nameOf(++index)) {
        this.#write(kind, index, name);
        if (index % NAMES_A_GROUP === NAMES_A_GROUP - 1) onGroup();
      }
    onGroup();
  }

  /** Accounts, symbols and sessions by their indices. */
  list(): RecoveredNames {
    return { accounts: namesOf(this.accounts), symbols: namesOf(this.symbols), sessions: namesOf(this.sessions) };
  }

  /** Repeats an intern frame's effect. */
  fold(payload: Uint8Array): void {
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    const kind = view.getUint32(0, true);
    const tables = {
      [NAME_KIND.account]: this.accounts,
      [NAME_KIND.symbol]: this.symbols,
      [NAME_KIND.session]: this.sessions,
    };
    tables[kind as keyof typeof tables].intern(payload, HEAD_SIZE, payload.length);
  }
}

/** The session that an intern frame names and its index in the ledger; undefined for any other frame. */
export function sessionNamedBy({ type, payload }: FrameView): { index: number; name: string } | undefined {
  if (type !== FRAME_TYPE.intern) return undefined;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  if (view.getUint32(0, true) !== NAME_KIND.session) return undefined;
  return { index: view.getUint32(4, true), name: Buffer.from(payload.subarray(HEAD_SIZE)).toString('latin1') };
}

function namesOf(table: NameTable): string[] {
  return Array.from({ length: table.count }, (_, index) => table.nameOf(index));
}
