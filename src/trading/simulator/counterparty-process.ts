import { startCounterparty } from './counterparty.js';
import type { CounterpartyOptions } from './options.js';

// The demo's other side as a process of its own, so that its work is not the gateway's. Started by `fork` with the options as
// JSON in its first argument; sends { ready } and then { counts } once a second, and ends when its parent goes or stops it.
const COUNTS_EVERY_MS = 1_000;

const options = JSON.parse(process.argv[2] ?? '{}') as Partial<CounterpartyOptions>;
const counterparty = await startCounterparty(options);

function tell(message: object): void {
  if (process.connected) process.send?.(message);
}

const timer = setInterval(() => tell({ counts: counterparty.counts() }), COUNTS_EVERY_MS);

async function end(): Promise<void> {
  clearInterval(timer);
  await counterparty.close();
  tell({ counts: counterparty.counts() });
  if (process.connected) process.disconnect();
}

process.once('SIGTERM', () => void end());
process.once('SIGINT', () => void end());
process.once('disconnect', () => void end());
tell({ ready: { venuePort: counterparty.venuePort } });
