import { InvariantError } from '../model/index.js';

interface Mark {
  end: number;
  /** The bytes before `end` may leave when this frame is committed at the configured durability. */
  readonly sequence: number;
}

/** An order among the held bytes, so that a halt can still take it out: where it lies, its MsgSeqNum and who approved it. */
export interface HeldOrder {
  readonly start: number;
  readonly end: number;
  readonly msgSeqNum: number;
  readonly approvedBy: number;
  readonly slot: number;
  readonly msgType: string;
}

/** What lies at `behind` or beyond it, up to the next move, lies `shift` bytes further. */
interface Move {
  readonly behind: number;
  readonly shift: number;
}

const SIZE_START = 64 * 1024;

/**
 * The encoded messages of one connection that wait for their frames to be committed. Whole batches leave in one write. Its bound is the
 * ledger's own: what a commit can hold, times the batches of one sync.
 */
export class Outbox {
  #bytes = new Uint8Array(SIZE_START);
  #length = 0;
  #marks: Mark[] = [];
  #orders: HeldOrder[] = [];

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  get sizeBytes(): number {
    return this.#length;
  }

  /** Adds one message that the frame `sequence` records. */
  add(message: Uint8Array, sequence: number): void {
    this.#grow(this.#length + message.length);
    this.#bytes.set(message, this.#length);
    this.#length += message.length;
    const last = this.#marks.at(-1);
    if (last?.sequence === sequence) last.end = this.#length;
    else this.#marks.push({ end: this.#length, sequence });
  }

  /** Adds a message that puts an order to the venue; egress checks its approving frame before it leaves. */
  addOrder(message: Uint8Array, sequence: number, order: Omit<HeldOrder, 'start' | 'end'>): void {
    const start = this.#length;
    this.add(message, sequence);
    this.#orders.push({ start, end: this.#length, ...order });
  }

  /** Puts other bytes in the place of held orders, all in one pass; `undefined` leaves an order where it is. Returns those replaced. */
  replaceOrders(other: (order: HeldOrder) => Uint8Array | undefined): HeldOrder[] {
    const replaced: HeldOrder[] = [];
    const pieces: Uint8Array[] = [];
    const moves: Move[] = [];
    let from = 0;
    let shift = 0;
    for (const order of this.#orders) {
      const message = other(order);
      if (message === undefined) continue;
      replaced.push(order);
      pieces.push(this.#bytes.subarray(from, order.start), Uint8Array.from(message));
      shift += message.length - (order.end - order.start);
      moves.push({ behind: order.end, shift });
      from = order.end;
    }
    if (replaced.length > 0) this.#rebuild([...pieces, this.#bytes.subarray(from, this.#length)], moves, replaced);
    return replaced;
  }

  #rebuild(pieces: readonly Uint8Array[], moves: readonly Move[], replaced: readonly HeldOrder[]): void {
    const bytes = Buffer.concat(pieces);
    this.#grow(bytes.length);
    this.#bytes.set(bytes);
    this.#length = bytes.length;
    const gone = new Set(replaced);
    const [markShift, orderShift] = [shiftAlong(moves), shiftAlong(moves)];
    this.#marks = this.#marks.map(mark => ({ ...mark, end: mark.end + markShift(mark.end) }));
    this.#orders = this.#orders
      .filter(order => !gone.has(order))
      .map(order => {
        const shift = orderShift(order.start);
        return { ...order, start: order.start + shift, end: order.end + shift };
      });
  }

  /** A copy of the bytes whose frames are committed up to `sequence`, taken out of the box; empty when there are none. */
  take(sequence: number): Uint8Array {
    let end = 0;
    let taken = 0;
    for (const mark of this.#marks) {
      if (mark.sequence > sequence) break;
      end = mark.end;
      taken++;
    }
    if (taken === 0) return this.#bytes.subarray(0, 0);
    this.#checkApproval(end, sequence);
    const out = this.#bytes.slice(0, end);
    if (end === this.#length) {
      this.clear();
      return out;
    }
    this.#bytes.copyWithin(0, end, this.#length);
    this.#length -= end;
    this.#marks = this.#marks.slice(taken).map(mark => ({ ...mark, end: mark.end - end }));
    this.#orders = this.#orders
      .filter(order => order.start >= end)
      .map(order => ({ ...order, start: order.start - end, end: order.end - end }));
    return out;
  }

  /** Promise 5: no order leaves without an approving frame committed before it. */
  #checkApproval(end: number, sequence: number): void {
    for (const order of this.#orders) {
      if (order.start < end && (order.approvedBy === 0 || order.approvedBy > sequence)) {
        throw new InvariantError(
          'HR_UNAPPROVED_ORDER',
          `order with MsgSeqNum ${order.msgSeqNum} has no committed approval`,
        );
      }
    }
  }

  /** Forgets everything: the connection is gone, and the ledger holds what must be sent again. */
  clear(): void {
    this.#length = 0;
    this.#marks.length = 0;
    this.#orders.length = 0;
  }

  #grow(size: number): void {
    if (size <= this.#bytes.length) return;
    const bytes = new Uint8Array(Math.max(size, this.#bytes.length * 2));
    bytes.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = bytes;
  }
}

/** How far offsets moved, asked for in ascending order. */
function shiftAlong(moves: readonly Move[]): (offset: number) => number {
  let next = 0;
  return offset => {
    while ((moves[next]?.behind ?? Infinity) <= offset) next++;
    return moves[next - 1]?.shift ?? 0;
  };
}
