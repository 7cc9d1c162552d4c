import type { FixMessage } from '../../codec/index.js';
import { ConfigError } from '../../model/index.js';
import type { ApplicationVerdict } from '../../session/index.js';
import { FixEngine, type EngineSession } from '../../trading/index.js';
import { writeFields } from '../message-fields.js';
import { answerAllocation } from './allocations.js';
import { noCounts, type Send, type SimulatorCounts, type SimulatorOptions } from './options.js';
import { OrderFlow } from './order-flow.js';
import { PlatformOrders, type Play } from './orders.js';
import { Positions, answerPositions } from './positions.js';

const TICK_MS = 10;

/** The platform's side of one session: takes orders and allocations, and by option sends orders of its own. */
export class PlatformSimulator {
  readonly counts: SimulatorCounts = noCounts();
  readonly #engine: FixEngine;
  readonly #session: EngineSession;
  readonly #orders: PlatformOrders;
  readonly #flow: OrderFlow | undefined;
  readonly #play: Play;
  readonly #positions = new Positions();
  // Ids are new in each run: a counterparty that remembers the last one must not take them for repetitions.
  readonly #run = Date.now().toString(36).toUpperCase();
  #nextID = 1;
  #timer: NodeJS.Timeout | undefined;
  #port = 0;

  private constructor(private readonly options: SimulatorOptions) {
    const { rules, beginString, senderCompID, targetCompID, ordersPerSecond, connect } = options;
    if (ordersPerSecond > 0 && !rules.allows('in', 'D'))
      throw new ConfigError('HR_FIX_SETTINGS', `${rules.profile.name} sends no orders: only takes them`);
    const newID = (prefix: string): string => `${prefix}${this.#run}-${this.#nextID++}`;
    this.#play = { rules, beginString, options, counts: this.counts, send: this.#send, newID };
    this.#orders = new PlatformOrders(this.#play, this.#positions);
    this.#flow = ordersPerSecond > 0 ? new OrderFlow(this.#play) : undefined;
    this.#engine = new FixEngine({ application: this, dictionaries: rules.dictionaries });
    const settings = { ...rules.profile.session, beginString, senderCompID, targetCompID };
    this.#session =
      connect === undefined
        ? this.#engine.addAcceptor(settings)
        : this.#engine.addInitiator({ ...settings, resetOnLogon: true }, { hosts: [connect] });
  }

  /** Listens or connects. Rejects with ConnectionError (HR_LISTEN) when the port cannot be had, ConfigError for orders that the profile does not send. */
  static async start(options: SimulatorOptions): Promise<PlatformSimulator> {
    const simulator = new PlatformSimulator(options);
    try {
      if (options.connect === undefined)
        simulator.#port = await simulator.#engine.listen(options.listen ?? { host: '127.0.0.1', port: 0 });
    } catch (error) {
      await simulator.close();
      throw error;
    }
    simulator.#timer = setInterval(() => simulator.#tick(), TICK_MS);
    return simulator;
  }

  /** Where it listens; 0 where it connects. */
  get port(): number {
    return this.#port;
  }

  get isLoggedOn(): boolean {
    return this.#session.session.state === 'active';
  }

  /** Whether all orders that it was to send have been sent and have ended. */
  get isDone(): boolean {
    return this.#flow?.isDone ?? false;
  }

  /** Sends no more, logs out and closes. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#engine.close();
  }

  onLogon(): void {
    this.counts.logons++;
    this.#flow?.begin(performance.now());
  }

  onMessage(_session: EngineSession, message: FixMessage): ApplicationVerdict {
    const { rules } = this.options;
    if (this.#flow?.take(message)) return 'taken';
    if (rules.allows('out', message.msgType) && this.#take(message)) return 'taken';
    this.counts.unsupported++;
    return 'unsupportedMessageType';
  }

  onRejected(): void {
    this.counts.sessionRejects++;
  }

  onEvent(_session: EngineSession, kind: string, text: string): void {
    this.options.onEvent?.(kind, text);
  }

  #take(message: FixMessage): boolean {
    const { msgType } = message;
    if (this.#orders.take(message)) return true;
    if (msgType === 'J') answerAllocation(this.#play, message);
    else if (msgType === 'AN') answerPositions(this.#play, this.#positions, message);
    else if (QUIET.has(msgType)) this.counts.answersReceived++;
    else return false;
    return true;
  }

  #tick(): void {
    if (!this.isLoggedOn) return;
    this.#orders.tick();
    this.#flow?.tick(performance.now());
  }

  readonly #send: Send = (msgType, given) => {
    const { rules } = this.options;
    const fields = rules.compose(
      msgType,
      given.filter(one => one !== undefined),
    );
    if ('rule' in fields) {
      this.counts.faults++;
      this.options.onEvent?.('fault', `35=${msgType}: ${fields.rule}: ${fields.value}, ${fields.limit}`);
      return;
    }
    this.#session.send(msgType, encoder => writeFields(encoder, fields, rules.dictionary.message(msgType)));
  };
}

/** Taken without an answer: DontKnowTrade, acknowledgements of allocation reports and confirmations, News. */
const QUIET = new Set(['Q', 'AT', 'AU', 'B']);
