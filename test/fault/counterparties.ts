import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { projectRoot } from '../support/project.js';

/** Which sessions venue.py has up. */
export interface CounterpartyStatus {
  readonly clientUp: boolean;
  readonly venueUp: boolean;
  readonly sent: number;
}

interface SessionCounts {
  readonly sequenceResets: number;
  readonly sequenceTooLow: number;
  readonly resendRequestsSent: number;
  readonly messagesResent: number;
  readonly possDupReceived: number;
}

/** What venue.py reports: see its head. Lists hold at most 50 ids. */
export interface CounterpartyReport {
  readonly lost: readonly string[];
  readonly lostCount: number;
  readonly doubled: readonly string[];
  readonly doubledOrders: readonly string[];
  readonly vanished: readonly string[];
  readonly quantityMismatch: readonly string[];
  readonly quantityMismatchCount: number;
  readonly atVenue: number;
  readonly foreignAtVenue: number;
  readonly client: SessionCounts & {
    readonly sent: number;
    readonly acknowledged: number;
    readonly refused: number;
    readonly refusals: readonly string[];
    readonly unanswered: readonly string[];
    readonly unansweredCount: number;
    readonly unknownAnswers: number;
    readonly executionsTwice: readonly string[];
  };
  readonly venue: {
    readonly possDup: number;
    readonly repeatedClOrdId: number;
    readonly underTwoNumbers: readonly string[];
    readonly executions: number;
    readonly sessions: Readonly<Record<string, SessionCounts>>;
  };
}

/** The client's view of each new order: OrdStatus and CumQty last told, and the ClOrdIDs of its cancel or replace. */
export type ToldOrders = Readonly<Record<string, readonly [status: string | null, cumQty: number, changes: string[]]>>;

/** venue.py as a child: venue and order client in one process, without a line of our codec. */
export class Counterparties {
  readonly venuePort: number;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcess, lines: AsyncIterator<string>, venuePort: number) {
    this.#child = child;
    this.#lines = lines;
    this.venuePort = venuePort;
  }

  static async open(gatewayPort: number, options: readonly string[]): Promise<Counterparties> {
    const script = join(projectRoot, 'test', 'fault', 'venue.py');
    const args = [script, '--venue-port', '0', '--gateway', `127.0.0.1:${gatewayPort}`, ...options];
    const child = spawn('python3', args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const listening = JSON.parse((await lines.next()).value as string) as { port: number };
    return new Counterparties(child, lines, listening.port);
  }

  start(rate: number): Promise<unknown> {
    return this.#ask({ cmd: 'start', rate });
  }

  pause(): Promise<unknown> {
    return this.#ask({ cmd: 'pause' });
  }

  /** Aborts one TCP connection. */
  cut(side: 'client' | 'venue'): Promise<unknown> {
    return this.#ask({ cmd: 'cut', side });
  }

  async status(): Promise<CounterpartyStatus> {
    return (await this.#ask({ cmd: 'status' })) as CounterpartyStatus;
  }

  async report(): Promise<CounterpartyReport> {
    return (await this.#ask({ cmd: 'report' })) as CounterpartyReport;
  }

  async told(): Promise<ToldOrders> {
    return ((await this.#ask({ cmd: 'orders' })) as { orders: ToldOrders }).orders;
  }

  async close(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await ended;
  }

  async #ask(command: object): Promise<unknown> {
    this.#child.stdin?.write(`${JSON.stringify(command)}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('venue.py ended');
    return JSON.parse(value);
  }
}
