import { foldedState, type SessionState, type SessionStore } from '../session/index.js';
import { MemoryMessages } from './memory-messages.js';

/** A session's store that ends with the process: the newest messages within a bound, numbers from 1. */
export class MemoryStore implements SessionStore {
  state: SessionState = { nextInSeqNum: 1, nextOutSeqNum: 1 };
  readonly #messages = new MemoryMessages();
  readonly #keepsMessages: boolean;

  /** `keepsMessages: false`: messages sent are gap-filled when they are asked for. */
  constructor({ keepsMessages = true }: { readonly keepsMessages?: boolean } = {}) {
    this.#keepsMessages = keepsMessages;
  }

  inbound(_message: Uint8Array, msgSeqNum: number): void {
    this.state = foldedState(this.state, msgSeqNum, 0);
  }

  outbound(message: Uint8Array, msgSeqNum: number, nowNs: bigint): void {
    this.state = foldedState(this.state, 0, msgSeqNum);
    if (this.#keepsMessages) this.#messages.put(msgSeqNum, message, nowNs);
  }

  reset(state: SessionState): void {
    this.state = state;
    if (state.nextOutSeqNum === 1) this.#messages.clear();
  }

  read(...range: Parameters<SessionStore['read']>): void {
    this.#messages.read(...range);
  }

  close(): void {}
}
