import { startFeedGenerator } from '../sources/index.js';
import { startCounterparty } from '../trading/index.js';
import { TRADED, type DemoProcessOptions } from './demo-desk.js';

// The demo's other process: order client, venue and market data in one, so that their work is not the gateway's. Started by `fork` with its
// options as JSON; tells { ready }, then { counts } once a second, and ends when its parent goes or stops it.
const COUNTS_EVERY_MS = 1_000;
const SEED = 20_260_102;

const { counterparty: given, feed } = JSON.parse(process.argv[2] ?? '{}') as DemoProcessOptions;
const counterparty = await startCounterparty(given);
const quotes = feed && startFeedGenerator({ ...feed, symbols: TRADED, seed: SEED });

function tell(message: object): void {
  if (process.connected) process.send?.(message);
}

const timer = setInterval(() => tell({ counts: counterparty.counts() }), COUNTS_EVERY_MS);
let isEnding = false;

async function end(): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  clearInterval(timer);
  await quotes?.close();
  await counterparty.close();
  tell({ counts: counterparty.counts() });
  if (process.connected) process.disconnect();
}

// The terminal sends Ctrl-C to both processes; this one waits for its parent, so that orders under way are answered first.
process.on('SIGINT', () => {});
process.once('SIGTERM', () => void end());
process.once('message', () => void end());
process.once('disconnect', () => void end());
tell({ ready: { venuePort: counterparty.venuePort } });
