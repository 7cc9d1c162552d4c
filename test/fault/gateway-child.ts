import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { NativeMode } from '../../src/native/index.js';
import { projectRoot } from '../support/project.js';

const HEADRACE = join(projectRoot, 'bin', 'headrace.js');
const ERRORS_KEPT = 4_000;

export interface GatewayChildOptions {
  readonly directory: string;
  readonly native: NativeMode;
  readonly durability: 'os' | 'group';
  readonly resendOrdersWithinMs: number;
  readonly clientPort: number;
  readonly venuePort: number;
  readonly cancelOnDisconnect?: { readonly graceMs: number };
}

export const INSTANCE = 'kill-1';
export const ACCOUNTS = ['A1', 'A2', 'A3'];
export const SYMBOLS = ['ACME', 'IBM', 'SAP'];

const LIMITS = { maxQuantity: 100_000, maxNotional: 1e9, maxPosition: 1e9, grossNotional: 9e10 };

/** Limits that nothing here reaches: each refusal comes from a fault. */
function configOf(options: GatewayChildOptions): object {
  const { native, durability, resendOrdersWithinMs, clientPort, venuePort, cancelOnDisconnect } = options;
  const names = { beginString: 'FIX.4.4', senderCompId: 'DESK' };
  return {
    version: 1,
    instance: INSTANCE,
    dataDir: 'data',
    native,
    logLevel: 'warn',
    journal: { durability },
    fix: {
      client: { port: clientPort, sessions: [{ ...names, targetCompId: 'CLIENT', cancelOnDisconnect }] },
      venue: {
        ...names,
        port: venuePort,
        targetCompId: 'VENUE',
        heartbeatSec: 5,
        reconnectMs: { first: 20, max: 100 },
        resendOrdersWithinMs,
      },
    },
    risk: {
      accounts: Object.fromEntries(ACCOUNTS.map(account => [account, LIMITS])),
      symbols: Object.fromEntries(SYMBOLS.map(symbol => [symbol, {}])),
    },
    sinks: { websocket: { port: 0 } },
    page: { port: 0 },
  };
}

/** `headrace run` in a process of its own, to be killed and started again on one folder. */
export class GatewayChild {
  readonly #options: GatewayChildOptions;
  readonly #config: string;
  #child: ChildProcess | undefined;
  #output = '';

  constructor(options: GatewayChildOptions) {
    this.#options = options;
    this.#config = join(options.directory, 'gateway.yaml');
    writeFileSync(this.#config, JSON.stringify(configOf(options))); // JSON is YAML
  }

  /** The folder of the ledger. */
  get ledger(): string {
    return join(this.#options.directory, 'data');
  }

  /** The last of what it wrote to standard output and error. */
  get output(): string {
    return this.#output.slice(-ERRORS_KEPT);
  }

  start(): void {
    const child = spawn(process.execPath, [HEADRACE, 'run', this.#config], { stdio: ['ignore', 'pipe', 'pipe'] });
    const keep = (data: unknown): void => {
      this.#output = (this.#output + String(data)).slice(-2 * ERRORS_KEPT);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    this.#child = child;
  }

  /** False when it ended by itself, which it never may. */
  get isRunning(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null;
  }

  /** Sends a signal and waits for the end. Resolves with the exit code, or the signal that ended it. */
  stop(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | string | null> {
    const child = this.#child as ChildProcess;
    if (!this.isRunning) return Promise.resolve(child.exitCode ?? child.signalCode);
    return new Promise(resolve => {
      child.once('exit', (code, by) => resolve(code ?? by));
      child.kill(signal);
    });
  }

  /** What `headrace audit verify` says of the ledger; empty when it is whole. */
  verify(): string {
    const { status, stdout, stderr } = spawnSync(process.execPath, [HEADRACE, 'audit', 'verify', this.ledger]);
    return status === 0 ? '' : `${String(stdout)}${String(stderr)}`;
  }
}
