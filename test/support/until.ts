import { setTimeout as wait } from 'node:timers/promises';

/** Waits until something holds; rejects after `timeoutMs`, which is never what a test measures. */
export async function until(holds: () => boolean, timeoutMs = 60_000): Promise<void> {
  const endMs = Date.now() + timeoutMs;
  while (!holds()) {
    if (Date.now() > endMs) throw new Error(`did not come to hold in ${timeoutMs} ms: ${holds.toString()}`);
    await wait(5);
  }
}
