import { DecodeError } from '../../src/model/index.js';
import { serveTasks } from '../../src/decode/index.js';

// A worker whose tasks are a time to wait and what to do then.
serveTasks(async ({ number, waitMs, then }: { number: number; waitMs: number; then?: string }) => {
  await new Promise(resolve => setTimeout(resolve, waitMs));
  if (then === 'refuse') throw new DecodeError('HR_TEST', `task ${number}`, { details: { number } });
  if (then === 'break') throw new Error('a fault');
  if (then === 'exit') process.exit(3);
  return { result: number, transfer: [] };
});
