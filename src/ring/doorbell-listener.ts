import type { RingExports } from '../native/index.js';
import { DOORBELL, DOORBELL_STATE, addonOf, openDoorbell, type RingNative } from './doorbell.js';

const { awake, asleep } = DOORBELL_STATE;
const STATE = DOORBELL.state / 4;
const WAKER = DOORBELL.waker / 4;

/** The longest delay of a timer: one that is there to hold the event loop, not to fire. */
const DELAY_MS_MAX = 2 ** 31 - 1;

/** A listener's end. */
export interface DoorbellListener {
  /** Stops listening; from now on `onRing` is not called. The doorbell may be listened to again, in any thread. */
  close(): void;
}

/**
 * What a listener does when it is rung: drain everything it is rung for, within a bound. `true` asks to be called once
 * more on the next turn of the event loop, because work is left or because it spins. A number asks for a rest of so many ms:
 * what is rung meanwhile is looked at after it, together. In both cases ringing costs ringers nothing until then.
 */
export type OnRing = () => boolean | number | void;

/**
 * Listens on this thread's event loop until closed, one listener a doorbell at a time; what was rung before is seen on the
 * loop's next turn. The loop is kept alive only with `keepAlive`. What `onRing` throws is an uncaught exception of the thread.
 */
export function listenDoorbell(
  memory: SharedArrayBuffer,
  onRing: OnRing,
  native: RingNative,
  keepAlive = false,
): DoorbellListener {
  const addon = addonOf(native);
  const words = openDoorbell(memory);
  const listener = new Listener(words, onRing);
  listener.sleepBy(
    addon === undefined ? notifiedSleep(listener, words, keepAlive) : wokenSleep(listener, addon, keepAlive),
  );
  return listener;
}

/** How a listener sleeps: `begin` once the state is asleep, `end` for good. A waker other than 0 is the addon's. */
interface Sleep {
  readonly waker: number;
  begin(): void;
  end(): void;
}

class Listener implements DoorbellListener {
  readonly #words: Int32Array;
  readonly #onRing: OnRing;
  #sleep: Sleep | undefined;
  #turn: NodeJS.Immediate | undefined;
  #rest: NodeJS.Timeout | undefined;

  constructor(words: Int32Array, onRing: OnRing) {
    this.#words = words;
    this.#onRing = onRing;
  }

  sleepBy(sleep: Sleep): void {
    this.#sleep = sleep;
    Atomics.store(this.#words, WAKER, sleep.waker);
    this.again();
  }

  /** Runs on the loop's next turn, so that sockets have theirs between two runs. */
  again(): void {
    this.#turn ??= setImmediate(() => this.run());
  }

  run(): void {
    clearImmediate(this.#turn);
    this.#turn = undefined;
    if (this.#sleep === undefined) return;
    // Before onRing looks: a ring from here on changes the state again. An exchange, to acquire what ringers published.
    Atomics.exchange(this.#words, STATE, awake);
    let wants: boolean | number | void = true;
    try {
      wants = this.#onRing();
    } finally {
      if (wants === true) this.again();
      else if (typeof wants === 'number') this.#restFor(wants);
      else this.#trySleep();
    }
  }

  /** Not asleep, so nobody pays for waking it; it does not hold the loop either. */
  #restFor(delayMs: number): void {
    this.#rest = setTimeout(() => this.#trySleep(), delayMs).unref();
  }

  #trySleep(): void {
    const sleep = this.#sleep;
    if (sleep === undefined) return;
    if (Atomics.compareExchange(this.#words, STATE, awake, asleep) === awake) sleep.begin();
    else this.again();
  }

  close(): void {
    const sleep = this.#sleep;
    if (sleep === undefined) return;
    this.#sleep = undefined;
    clearImmediate(this.#turn);
    clearTimeout(this.#rest);
    Atomics.store(this.#words, WAKER, 0);
    Atomics.store(this.#words, STATE, awake);
    sleep.end();
  }
}

/** Sleeps until the addon's uv_async calls: it stays armed, so there is nothing to begin. */
function wokenSleep(listener: Listener, addon: RingExports, keepAlive: boolean): Sleep {
  const waker = addon.openWaker(() => listener.run(), keepAlive);
  return { waker, begin: () => {}, end: () => addon.closeWaker(waker) };
}

type WaitAsync = (
  words: Int32Array,
  index: number,
  value: number,
) => { async: false; value: string } | { async: true; value: Promise<string> };

// ES2024; Node has it since 16.
const { waitAsync } = Atomics as unknown as { waitAsync: WaitAsync };

/** The twin: sleeps by Atomics.waitAsync, which by itself does not keep an event loop alive; a timer that never fires does. */
function notifiedSleep(listener: Listener, words: Int32Array, keepAlive: boolean): Sleep {
  const hold = keepAlive ? setInterval(() => {}, DELAY_MS_MAX) : undefined;
  return {
    waker: 0,
    begin() {
      const wait = waitAsync(words, STATE, asleep);
      // By nextTick, so that an error of onRing is an uncaught exception and not a rejected promise.
      if (wait.async) void wait.value.then(() => process.nextTick(() => listener.run()));
      else listener.again();
    },
    end() {
      clearInterval(hold);
      // Lets go of the pending wait; the closed listener does not run.
      Atomics.notify(words, STATE);
    },
  };
}
