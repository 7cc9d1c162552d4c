import { fork, type ChildProcess } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { writeStartOfDay } from '../decode/index.js';
import { HeadraceError } from '../model/index.js';
import type { CounterpartyCounts } from '../trading/index.js';
import { loadConfig, type GatewayConfig } from './config/index.js';
import { DEMO_ACCOUNTS, DEMO_RECORDS, DEMO_SYMBOLS, demoProcessOptions, type DemoRates } from './demo-desk.js';
import { createGateway, type Gateway } from './gateway.js';

const SEED = 20_260_102;
const FILES = ['gateway.yaml', 'positions.cpy'];
const READY_MS_MAX = 10_000;

export interface DemoOptions extends DemoRates {
  /** Folder of gateway.yaml, positions.cpy and data; the examples' own are copied where they are missing. */
  readonly folder: string;
}

export interface Demo {
  readonly gateway: Gateway;
  /** What the other process last told: orders it sent and answers it got. */
  counts(): CounterpartyCounts | undefined;
  /** Stops the order client, waits for the answers under way, then ends the venue and the feed. */
  close(): Promise<void>;
}

/** The package's examples/desk: the nearest one upwards of this module. */
export function exampleDesk(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'examples', 'desk', 'gateway.yaml'))) folder = dirname(folder);
  return join(folder, 'examples', 'desk');
}

/**
 * Lays out the demo's folder, starts the gateway of its gateway.yaml and a second process that is order client, venue and market data. The
 * gateway is not yet started in `prepareDemo`; `run` starts it and then the other process.
 */
export function prepareDemo(options: DemoOptions): { gateway: Gateway; run: () => Promise<Demo> } {
  const folder = resolve(options.folder);
  copyExamples(folder);
  const file = join(folder, 'gateway.yaml');
  const config = loadConfig(file);
  writePositions(config);
  const gateway = createGateway({ config: file });
  return { gateway, run: () => runDemo(gateway, config, options) };
}

async function runDemo(gateway: Gateway, config: GatewayConfig, rates: DemoRates): Promise<Demo> {
  const stateFile = join(config.dataDir, 'demo-counterparty.json');
  const other = new OtherProcess(JSON.stringify(demoProcessOptions(config, rates, stateFile)));
  await other.ready();
  return { gateway, counts: () => other.counts, close: () => other.close() };
}

function copyExamples(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const name of FILES) {
    const target = join(folder, name);
    if (!existsSync(target)) copyFileSync(join(exampleDesk(), name), target);
  }
}

/** The mainframe's part: tonight's file, once. A second run finds it and the ledger knows it. */
function writePositions({ startOfDay }: GatewayConfig): void {
  if (startOfDay === undefined || existsSync(startOfDay.file)) return;
  const businessDate = Number(new Date().toISOString().slice(0, 10).replaceAll('-', ''));
  writeStartOfDay(startOfDay.file, {
    seed: SEED,
    records: DEMO_RECORDS,
    businessDate,
    accounts: DEMO_ACCOUNTS,
    symbols: DEMO_SYMBOLS,
  });
}

class OtherProcess {
  counts: CounterpartyCounts | undefined;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;

  constructor(options: string) {
    this.#child = fork(new URL('./demo-process.js', import.meta.url), [options]);
    this.#ended = new Promise(resolve => this.#child.once('exit', () => resolve()));
    this.#child.on('message', (message: { counts?: CounterpartyCounts }) => {
      this.counts = message.counts ?? this.counts;
    });
  }

  /** Resolves when the venue listens. */
  ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (reason: string): void => reject(new HeadraceError('HR_DEMO', `the demo’s other process ${reason}`));
      const timer = setTimeout(() => fail(`was not ready within ${READY_MS_MAX} ms`), READY_MS_MAX);
      this.#child.once('exit', code => fail(`ended with exit code ${code}`));
      this.#child.once('message', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  async close(): Promise<void> {
    if (this.#child.connected) this.#child.send({ op: 'end' });
    await this.#ended;
  }
}
