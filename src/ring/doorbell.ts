import { invariant } from '../model/index.js';
import { loadAddon, type NativeMode, type RingExports } from '../native/index.js';

/**
 * The memory of a doorbell; native/ring/doorbell.h reads the same drawing.
 *
 *    64  state  i32  awake │ asleep │ rung
 *    68  waker  u32  the addon's id of the listener's uv_async, 0 = it listens by Atomics.waitAsync, or nobody listens
 *        64 bytes nobody writes on each side
 *
 *              ring                    ring: wake it
 *     awake ─────────▶ rung ◀───────────────────── asleep
 *       ▲               │ woken, or looked again      ▲
 *       └───────────────┘                             │ nothing rung since: may sleep
 *       └─────────────────────────────────────────────┘
 *
 * A listener goes to sleep only by the exchange awake → asleep, which fails if somebody rang since it last looked; so no
 * wake-up is lost. A ringer wakes only who sleeps, and when the state is already `rung` it does not even write.
 * All accesses are sequentially consistent: a ringer stores its ring's position, then reads the state; a listener writes
 * `awake`, then reads the positions. If the ringer read `rung`, the listener's write of `awake`, and so its look, is still to come.
 */
export const DOORBELL = { state: 64, waker: 68, size: 136 } as const;

export const DOORBELL_STATE = { awake: 0, asleep: 1, rung: 2 } as const;

const { asleep, rung } = DOORBELL_STATE;
const STATE = DOORBELL.state / 4;
const WAKER = DOORBELL.waker / 4;

/** How a doorbell wakes: through the addon, or, with the twins, by Atomics. Both sides use the same within a process. */
export type RingNative = NativeMode | RingExports | undefined;

/** Makes the memory of a doorbell. Any number of threads ring it, one listens. */
export function createDoorbell(): SharedArrayBuffer {
  return new SharedArrayBuffer(DOORBELL.size);
}

const wordsOf = new WeakMap<SharedArrayBuffer, Int32Array>();

/** The words of a doorbell: a view is made once a thread, because ringing must not allocate. */
export function openDoorbell(memory: SharedArrayBuffer): Int32Array {
  let words = wordsOf.get(memory);
  if (words === undefined) {
    invariant(memory.byteLength === DOORBELL.size, 'the memory was not made by createDoorbell');
    words = new Int32Array(memory);
    wordsOf.set(memory, words);
  }
  return words;
}

/** Loading looks at the disk, so each mode's addon is kept. */
const addons = new Map<NativeMode, RingExports | undefined>();

export function addonOf(native: RingNative): RingExports | undefined {
  if (typeof native !== 'string') return native;
  if (!addons.has(native)) addons.set(native, loadAddon(native));
  return addons.get(native);
}

/**
 * Rings: the listener will run after this, once for any number of rings until then. Publish what it is to find before.
 * Costs an atomic read when it is already rung, an atomic exchange when it is awake, and a system call only when it sleeps.
 */
export function ringDoorbell(memory: SharedArrayBuffer, native: RingNative): void {
  const words = openDoorbell(memory);
  if (Atomics.load(words, STATE) === rung) return;
  if (Atomics.exchange(words, STATE, rung) === asleep) wakeListener(words, native);
}

function wakeListener(words: Int32Array, native: RingNative): void {
  const waker = Atomics.load(words, WAKER);
  if (waker === 0) {
    Atomics.notify(words, STATE);
    return;
  }
  const addon = addonOf(native);
  invariant(addon !== undefined, 'a doorbell listened to through the addon is rung without it: use one native mode');
  addon.wake(waker);
}
