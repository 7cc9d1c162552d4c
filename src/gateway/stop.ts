import { setTimeout as delay } from 'node:timers/promises';

/** Ends one part; what it throws or rejects with does not keep the others from ending. */
export type StopStep = () => unknown;

/** Runs the groups one after the other and the steps of a group at the same time, all of them whatever happens; throws the first error then. */
export async function stopAll(groups: readonly (readonly StopStep[])[]): Promise<void> {
  const errors: unknown[] = [];
  for (const steps of groups) {
    const results = await Promise.allSettled(steps.map(async step => step()));
    errors.push(...results.flatMap(result => (result.status === 'rejected' ? [result.reason as unknown] : [])));
  }
  if (errors.length > 0) throw errors[0];
}

/** The work, or nothing once `timeoutMs` have passed: an embedder's own parts may never answer. */
export async function atMost(work: Promise<void>, timeoutMs: number): Promise<void> {
  const done = new AbortController();
  const late = delay(timeoutMs, undefined, { signal: done.signal }).catch(() => {});
  await Promise.race([work, late]).finally(() => done.abort());
}
