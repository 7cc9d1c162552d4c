import { readFileSync } from 'node:fs';

import { builtInDictionaries, readQuickFixDictionary, type Dictionaries } from '../codec/index.js';
import { ConfigError } from '../model/index.js';
import type { NativeMode } from '../native/index.js';
import type { GateLimits } from '../risk/index.js';
import {
  MemoryStore,
  openFileStore,
  planSessions,
  readSettings,
  systemNowNs,
  type EngineSession,
  type FixApplication,
  type SessionOptions,
  type SessionPlan,
  type SettingsFinding,
} from '../trading/index.js';
import { GatedSessions } from './gated-sessions.js';
import { readAmount, type OrderToSend, type SendOrderResult } from './order-to-send.js';
import { ProgramGate } from './program-gate.js';
import { findingText } from './quickfix-import.js';

/** What a FIXProtocolHandler is made of. */
export interface FIXProtocolHandlerOptions {
  /** Path of a settings file of QuickFIX or QuickFIX/J. */
  readonly settings: string;
  /** What each order is judged by before it is sent; positions and gross notional are a gateway's. */
  readonly limits?: GateLimits;
  /** What is made of messages and events of the sessions; without it application messages are taken and dropped. */
  readonly application?: FixApplication;
  readonly native?: NativeMode;
}

/**
 * The FIX sessions of a QuickFIX settings file in a program of one's own: no gateway, no ledger. Orders are judged here by `limits`, each by itself; where
 * positions count, let the program log on to a gateway, whose gate then judges what it sends.
 */
export class FIXProtocolHandler {
  /** What the settings file asks for and is not done, each with its line and a remedy. */
  readonly findings: readonly SettingsFinding[];
  readonly #sessions: GatedSessions;
  readonly #gate: ProgramGate;

  /** Reads the settings file; nothing runs until `start`. Throws ConfigError with every fault of the file. */
  constructor({ settings, limits = {}, application, native = 'prefer' }: FIXProtocolHandlerOptions) {
    const { plans, findings } = planSessions(readSettings(textOf(settings), { file: settings }));
    const wrong = findings.filter(({ kind }) => kind === 'invalid');
    if (wrong.length > 0) throw new ConfigError('HR_FIX_SETTINGS', wrong.map(findingText).join('\n'));
    this.findings = findings;
    this.#gate = new ProgramGate(
      limits,
      plans.map(({ name }) => name),
      native,
    );
    this.#sessions = new GatedSessions(
      plans.map(plan => ({ ...plan, options: () => sessionOptions(plan) })),
      { application: application ?? { onMessage: () => 'taken' }, gate: this.#gate, native },
    );
  }

  /** The sessions of the settings file, once started. */
  get sessions(): readonly EngineSession[] {
    return this.#sessions.sessions;
  }

  /** Opens stores, ports and connections. Rejects with what cannot be had: a store that another process has, a port. */
  async start(): Promise<void> {
    await this.#sessions.start();
  }

  /**
   * Judges an order and sends it as NewOrderSingle. Resolves once that is written, or refused by a rule. Rejects only where no order could be sent:
   * ConnectionError `HR_NO_FIX_SESSION`, OutputError `HR_FIX_STORE`, CapacityError `HR_CAPACITY`.
   */
  async sendOrder(order: OrderToSend): Promise<SendOrderResult> {
    return this.#sessions.sendOrder(order);
  }

  /**
   * The latest price of a symbol: what collars, and market orders under a limit of notional, are measured by until it is stale
   * (`staleAfterMs`). Throws ConfigError (HR_CONFIG) for a price that is none.
   */
  referencePrice(symbol: string, price: string | number | bigint): void {
    this.#gate.reference(symbol, readAmount(symbol, price), systemNowNs());
  }

  /** Logs every session out and closes all. */
  async close(): Promise<void> {
    await this.#sessions.close();
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ConfigError('HR_FIX_SETTINGS', `${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

function sessionOptions({ name, store, persistMessages, dictionaries }: SessionPlan): SessionOptions {
  const own = new Map(dictionaries.map(readQuickFixDictionary).map(dictionary => [dictionary.version, dictionary]));
  const chosen: Dictionaries = version => own.get(version) ?? builtInDictionaries(version);
  const keepsMessages = persistMessages;
  const kept =
    store === undefined
      ? new MemoryStore({ keepsMessages })
      : openFileStore({ folder: store.folder, session: name, durability: store.sync ? 'each' : 'os', keepsMessages });
  return { store: kept, ...(own.size > 0 && { dictionaries: chosen }) };
}
