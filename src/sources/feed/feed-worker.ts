// The feed worker's thread: owns the market-data socket and the `feed` log. Started by startFeedWorker.
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';

import { openLogWriter, type LogWriter } from '../../journal/index.js';
import { HeadraceError } from '../../model/index.js';
import { loadAddon } from '../../native/index.js';
import { openCounters, openLog } from '../../observe/index.js';
import { RingProducer, ringDoorbell } from '../../ring/index.js';
import { FEED_COUNTERS } from './counters.js';
import { FeedFlow } from './flow.js';
import { PriceOutbox } from './price-outbox.js';
import { FeedServer } from './server.js';
import { FEED_LOG, type FeedOrder, type FeedReport, type FeedWorkerOptions } from './worker-protocol.js';

/** How often prices that wait for room in the lane's ring are tried again, when no record comes. */
const RETRY_MS = 1;

const options = workerData as FeedWorkerOptions;
const owner = parentPort as MessagePort;
const log = openLog('feed', { level: options.logLevel });

class FeedThread {
  readonly #journal: LogWriter;
  readonly #outbox: PriceOutbox;
  readonly #flow: FeedFlow;
  readonly #server: FeedServer;
  #retry: NodeJS.Timeout | undefined;
  #isEnding = false;

  constructor() {
    const { host, port, layout, connectionsMax, native, journal, prices } = options;
    this.#journal = openLogWriter({ ...journal, name: FEED_LOG, durability: 'os', chained: false, native });
    this.#outbox = new PriceOutbox(new RingProducer(prices.ring), prices.symbols);
    const counters = openCounters(options.counters, FEED_COUNTERS);
    this.#flow = new FeedFlow({
      layout,
      native: loadAddon(native, reason => log.info({ reason }, 'the feed decodes by the TypeScript twin')),
      log: this.#journal,
      outbox: this.#outbox,
      counters,
      onCommitted: () => journal.doorbells.forEach(doorbell => ringDoorbell(doorbell, native)),
      onSent: (sent, waiting) => this.#sent(sent, waiting),
    });
    const onFailure = (error: HeadraceError): void => this.fail(error);
    this.#server = new FeedServer({ host, port, layout, connectionsMax, flow: this.#flow, counters, log, onFailure });
  }

  async start(): Promise<void> {
    try {
      const port = await this.#server.listen();
      report({ kind: 'ready', port });
    } catch (error) {
      this.fail(error);
    }
  }

  async close(drainMs: number): Promise<void> {
    if (this.#isEnding) return;
    this.#isEnding = true;
    await this.#server.close();
    const endMs = performance.now() + drainMs;
    while (this.#outbox.waiting > 0 && performance.now() < endMs) {
      this.#flow.send();
      await delay(RETRY_MS);
    }
    clearTimeout(this.#retry);
    this.#journal.close();
    report({ kind: 'closed' });
    owner.close();
  }

  #sent(sent: number, waiting: number): void {
    if (sent > 0) ringDoorbell(options.prices.doorbell, options.native);
    if (waiting === 0) return;
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined;
      this.#flow.send();
    }, RETRY_MS);
  }

  fail(error: unknown): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    closeFailed(this.#journal);
    reportFailure(error);
  }
}

/** The next worker needs the log unlocked; that this one may not have synced all of it is part of its failure. */
function closeFailed(journal: LogWriter): void {
  try {
    journal.close();
  } catch (err) {
    log.error({ err }, 'the feed log is closed unsynced');
  }
}

function report(message: FeedReport): void {
  owner.postMessage(message);
}

/** Says why, then ends the thread: the owner starts another. */
function reportFailure(error: unknown): void {
  const { code, message } = error instanceof HeadraceError ? error : { code: 'HR_FEED', message: String(error) };
  log.error({ err: error }, 'the feed stops');
  report({ kind: 'failed', code, message });
  process.exit(1);
}

try {
  const thread = new FeedThread();
  owner.on('message', ({ drainMs }: FeedOrder) => void thread.close(drainMs).catch(reportFailure));
  await thread.start();
} catch (error) {
  reportFailure(error);
}
