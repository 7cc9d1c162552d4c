import type { FixMessage } from '../../src/codec/index.js';
import { FixEngine, type EngineSession } from '../../src/trading/index.js';
import { until } from './until.js';

/** What came back about one ClOrdID. */
export interface ProbeReport {
  readonly msgType: string;
  readonly clOrdID: string;
  readonly ordStatus: string;
  readonly text: string;
  /** From the order's send to this report. */
  readonly afterMs: number;
}

/** A FIX client whose every order a test chooses. */
export class ProbeClient {
  readonly reports: ProbeReport[] = [];
  readonly #engine: FixEngine;
  readonly #session: EngineSession;
  readonly #run = Date.now().toString(36);
  readonly #sentMs = new Map<string, number>();
  #isUp = false;
  #nextID = 1;

  constructor(port: number, senderCompID = 'PROBE') {
    this.#engine = new FixEngine({
      application: {
        onMessage: (_session, message) => this.#take(message),
        onLogon: () => (this.#isUp = true),
        onLogout: () => (this.#isUp = false),
      },
    });
    this.#session = this.#engine.addInitiator(
      { beginString: 'FIX.4.4', senderCompID, targetCompID: 'HEADRACE', resetOnLogon: true },
      { hosts: [{ host: '127.0.0.1', port }], backoff: { firstMs: 20, maxMs: 100 } },
    );
  }

  static async open(port: number): Promise<ProbeClient> {
    const client = new ProbeClient(port);
    await until(() => client.#isUp);
    return client;
  }

  #take(message: FixMessage): 'taken' {
    const [msgType, clOrdID] = [message.msgType, message.textOf(11) ?? ''];
    const afterMs = performance.now() - (this.#sentMs.get(clOrdID) ?? 0);
    this.reports.push({
      msgType,
      clOrdID,
      ordStatus: message.textOf(39) ?? '',
      text: message.textOf(58) ?? '',
      afterMs,
    });
    return 'taken';
  }

  /** Sends a NewOrderSingle; `fields` replaces or adds. Returns its ClOrdID. */
  send(fields: Readonly<Record<number, string>> = {}): string {
    const clOrdID = `P${this.#run}-${this.#nextID++}`;
    const body: Readonly<Record<number, string>> = {
      1: 'ACC00002',
      11: clOrdID,
      21: '1',
      38: '100',
      40: '2',
      44: '214.60',
      54: '1',
      55: 'IBM',
      59: '0',
      60: new Date()
        .toISOString()
        .replace('T', '-')
        .replaceAll(/-(?=\d\d-)|(?<=\d{4})-/g, '')
        .slice(0, 21),
      ...fields,
    };
    this.#sentMs.set(clOrdID, performance.now());
    this.#session.send('D', encoder => {
      for (const [tag, value] of Object.entries(body)) encoder.field(Number(tag), value);
    });
    return clOrdID;
  }

  /** Sends an order and resolves with the first report of it. */
  async order(fields: Readonly<Record<number, string>> = {}): Promise<ProbeReport> {
    const before = this.reports.length;
    const clOrdID = this.send(fields);
    const isAnswer = (report: ProbeReport): boolean => report.clOrdID === clOrdID || report.msgType === 'j';
    await until(() => this.reports.slice(before).some(isAnswer));
    return this.reports.slice(before).find(isAnswer) as ProbeReport;
  }

  /** Orders sent. */
  get sent(): number {
    return this.#nextID - 1;
  }

  close(): Promise<void> {
    return this.#engine.close(500);
  }
}
