import type { NameTable } from '../codec/index.js';
import { GATE_COMMAND, GATE_COMMAND_KIND } from '../model/index.js';

/** A halt in force. `id` is the account or symbol, empty for the firm. */
export interface Halt {
  readonly scope: 'firm' | 'account' | 'symbol';
  readonly id: string;
  readonly reason: string;
  readonly timeMs: number;
}

const SCOPES: Readonly<Record<number, Halt['scope']>> = {
  [GATE_COMMAND_KIND.haltFirm]: 'firm',
  [GATE_COMMAND_KIND.haltAccount]: 'account',
  [GATE_COMMAND_KIND.haltSymbol]: 'symbol',
};

/** The halts in force with the operators' reasons: a fold of the ledger's gate commands. */
export class HaltBook {
  readonly #halts = new Map<string, Halt>();
  readonly #names: { readonly accounts: NameTable; readonly symbols: NameTable };

  constructor(names: { readonly accounts: NameTable; readonly symbols: NameTable }, halts: readonly Halt[] = []) {
    this.#names = names;
    for (const halt of halts) this.#halts.set(`${halt.scope} ${halt.id}`, halt);
  }

  list(): readonly Halt[] {
    return [...this.#halts.values()];
  }

  /** Takes a gate command that was applied; those that are no halts change nothing. */
  apply(command: Uint8Array, timeNs: bigint): void {
    const view = new DataView(command.buffer, command.byteOffset, command.byteLength);
    const scope = SCOPES[view.getUint32(GATE_COMMAND.offset.kind, true)];
    if (scope === undefined) return;
    const id = this.#idOf(scope, view);
    if (view.getUint32(GATE_COMMAND.offset.value, true) === 0) {
      this.#halts.delete(`${scope} ${id}`);
      return;
    }
    const reason = Buffer.from(command.subarray(GATE_COMMAND.sizeBytes)).toString('utf8');
    this.#halts.set(`${scope} ${id}`, { scope, id, reason, timeMs: Number(timeNs / 1_000_000n) });
  }

  #idOf(scope: Halt['scope'], view: DataView): string {
    if (scope === 'firm') return '';
    if (scope === 'account') return this.#names.accounts.nameOf(view.getUint32(GATE_COMMAND.offset.accountIndex, true));
    return this.#names.symbols.nameOf(view.getUint32(GATE_COMMAND.offset.symbolIndex, true));
  }
}
