/** So many messages in so much time, and as many at once after a rest. */
export interface ThrottleRate {
  readonly messages: number;
  readonly perMs: number;
}

/** What becomes of application messages beyond a rate. Session-level messages are never counted. */
export interface ThrottleSettings extends ThrottleRate {
  /**
   * `delay`: they wait their turn. `reject`: a message received is answered with BusinessMessageReject (380=3; before FIX.4.2 Reject), one to
   * be sent is not: `send` returns 0. `disconnect`: a Logout that names the rate, and the end.
   */
  readonly action: 'delay' | 'reject' | 'disconnect';
  /** A rate of their own for OrderCancelRequest (F), OrderMassCancelRequest (q) and QuoteCancel (Z); without it they count with the others. */
  readonly cancels?: ThrottleRate | undefined;
  /** Messages that may wait under `delay`; one more ends the connection. */
  readonly heldMessagesMax?: number;
}

/** What a throttle did to a message. */
export type ThrottleOutcome = 'delayed' | 'rejected' | 'disconnected';

const HELD_MESSAGES_MAX = 1_000;
const CANCELS = new Set(['F', 'q', 'Z']);

/** A token bucket in whole numbers: each ms adds `messages`, each message costs `perMs`. */
class TokenBucket {
  readonly #rate: ThrottleRate;
  #level: number;
  #nowMs = 0;

  constructor(rate: ThrottleRate) {
    this.#rate = rate;
    this.#level = rate.messages * rate.perMs;
  }

  tryTake(nowMs: number): boolean {
    const { messages, perMs } = this.#rate;
    // Beyond a whole `perMs` of rest the bucket is full, and the product stays small.
    const restMs = Math.min(Math.max(nowMs - this.#nowMs, 0), perMs);
    this.#nowMs = Math.max(nowMs, this.#nowMs);
    this.#level = Math.min(this.#level + restMs * messages, messages * perMs);
    if (this.#level < perMs) return false;
    this.#level -= perMs;
    return true;
  }
}

/** The rate of one direction of a session, by the session's clock. It outlives connections: who reconnects does not begin with a full bucket. */
export class Throttle {
  readonly settings: ThrottleSettings;
  readonly #all: TokenBucket;
  readonly #cancels: TokenBucket | undefined;

  constructor(settings: ThrottleSettings) {
    this.settings = settings;
    this.#all = new TokenBucket(settings);
    this.#cancels = settings.cancels && new TokenBucket(settings.cancels);
  }

  /** Whether one more application message of this type is within its rate; it is counted then. */
  tryTake(msgType: string, nowMs: number): boolean {
    const bucket = CANCELS.has(msgType) ? (this.#cancels ?? this.#all) : this.#all;
    return bucket.tryTake(nowMs);
  }

  /** What a counterparty is told: `more than 50 messages in 1000 ms`. */
  get words(): string {
    const { messages, perMs } = this.settings;
    return `more than ${messages} messages in ${perMs} ms`;
  }
}

/** Messages that wait for their rate, in order, within a bound of count and bytes. */
export class HeldMessages<T extends { readonly bytes: Uint8Array }> {
  #messages: T[] = [];
  #head = 0;
  #bytes = 0;
  readonly #messagesMax: number;
  readonly #bytesMax: number;

  constructor({ heldMessagesMax = HELD_MESSAGES_MAX }: ThrottleSettings, bytesMax: number) {
    this.#messagesMax = heldMessagesMax;
    this.#bytesMax = bytesMax;
  }

  get size(): number {
    return this.#messages.length - this.#head;
  }

  get first(): T | undefined {
    return this.#messages[this.#head];
  }

  /** False at the bound. */
  tryPut(message: T): boolean {
    if (this.size >= this.#messagesMax || this.#bytes + message.bytes.length > this.#bytesMax) return false;
    this.#messages.push(message);
    this.#bytes += message.bytes.length;
    return true;
  }

  dropFirst(): void {
    this.#bytes -= this.first?.bytes.length ?? 0;
    this.#head++;
    if (this.#head < this.#messages.length / 2) return;
    this.#messages.splice(0, this.#head);
    this.#head = 0;
  }

  clear(): void {
    this.#messages = [];
    this.#head = 0;
    this.#bytes = 0;
  }
}

/** Why settings cannot be used; undefined when they can. */
export function throttleFault({
  messages,
  perMs,
  cancels,
  action,
  heldMessagesMax = 1,
}: ThrottleSettings): string | undefined {
  const isCount = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= 1_000_000;
  const counts = [messages, perMs, heldMessagesMax, cancels?.messages ?? 1, cancels?.perMs ?? 1];
  if (!counts.every(isCount)) return 'messages, perMs and heldMessagesMax are whole numbers from 1 to 1000000';
  if (!['delay', 'reject', 'disconnect'].includes(action)) return 'action is delay, reject or disconnect';
  return undefined;
}
