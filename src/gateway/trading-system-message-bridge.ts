import { z } from 'zod';

import { ConfigError } from '../model/index.js';
import type { NativeMode } from '../native/index.js';
import type { GateLimits } from '../risk/index.js';
import {
  SignalBook,
  SignalBridge,
  signalOptions,
  type ExecutionReportInput,
  type SignalAnswer,
  type SignalExecution,
  type SignalInput,
  type SignalOptions,
  type SignalOptionsInput,
} from '../signals/index.js';
import { FIXProtocolHandler } from './fix-protocol-handler.js';
import type { Gateway } from './gateway.js';
import { ProgramSignals } from './program-signals.js';

/** Of a program without a gateway: the words of the section `signals`, and what a gateway's configuration has elsewhere. */
export interface ProgramBridgeOptions extends SignalOptionsInput {
  /** Path of a settings file of QuickFIX or QuickFIX/J: the sessions of `fix` systems. */
  readonly settings?: string;
  /** What each order is judged by before it is sent; positions and gross notional are a gateway's. */
  readonly limits?: GateLimits;
  /** Where relative paths begin; the working folder unless told. */
  readonly folder?: string;
  readonly native?: NativeMode;
  /** UTC milliseconds; the system's clock unless told. */
  readonly nowMs?: () => number;
}

/** A gateway whose configuration has a section `signals`. */
export interface GatewayBridgeOptions {
  readonly gateway: Gateway;
}

interface Program {
  readonly bridge: SignalBridge;
  readonly handler: FIXProtocolHandler | undefined;
}

/**
 * Makes orders of signals: each is validated, routed to a trading system, judged by the risk gate, sent, and followed to its end. With a gateway it is the
 * bridge of its configuration, and the ledger holds everything; without one orders are judged by `limits`, each by itself, and a restart forgets.
 */
export class TradingSystemMessageBridge {
  readonly #gateway: Gateway | undefined;
  readonly #program: Program | undefined;

  /** Throws ConfigError with every fault of the options. Nothing runs until `start`, but that systems without FIX take orders at once. */
  constructor(config: GatewayBridgeOptions | ProgramBridgeOptions) {
    if ('gateway' in config) this.#gateway = config.gateway;
    else this.#program = openProgram(config);
  }

  get #bridge(): SignalBridge {
    return this.#program?.bridge ?? this.#gateway!.signals;
  }

  /** Opens the FIX sessions of `settings`; of a gateway's bridge there is nothing to open. */
  async start(): Promise<void> {
    await this.#program?.handler?.start();
  }

  /**
   * Resolves with what became of a signal: `SENT`, `REJECTED` with the reason, or `ERROR` with the cause and whether the order may be out. Never rejects.
   * The same signal_id again gives the first answer.
   */
  async processSignal(signal: SignalInput): Promise<SignalAnswer> {
    try {
      return await this.#bridge.processSignal(signal);
    } catch (error) {
      return { status: 'ERROR', error: (error as Error).message, sent: 'no' };
    }
  }

  /** What became of a signal so far; undefined of one that is not remembered. */
  getExecution(signalId: string): SignalExecution | undefined {
    return this.#bridge.getExecution(signalId);
  }

  /** Takes what a trading system says of an order later on. Throws HeadraceError `HR_SIGNAL_REPORT` or `HR_SIGNAL_UNKNOWN`. */
  async reportExecution(signalId: string, report: ExecutionReportInput): Promise<SignalExecution> {
    return this.#bridge.reportExecution(signalId, report);
  }

  /** Logs the sessions of `settings` out; a gateway goes on. */
  async close(): Promise<void> {
    await this.#program?.handler?.close();
  }
}

function openProgram(config: ProgramBridgeOptions): Program {
  const { settings, limits = {}, folder = process.cwd(), native = 'prefer', nowMs = Date.now, ...section } = config;
  const options = readOptions(section);
  const book = new SignalBook(options.rememberedMax);
  // The handler is made first and hands its messages to the desk that needs it.
  const desk: { received?: ProgramSignals['received'] } = {};
  const application = {
    onMessage: (_: unknown, message: Parameters<ProgramSignals['received']>[0]) => {
      desk.received?.(message);
      return 'taken' as const;
    },
  };
  const handler =
    settings === undefined ? undefined : new FIXProtocolHandler({ settings, limits, native, application });
  const session = (system: string): string | undefined => options.systems[system]?.fix?.session;
  const signals = new ProgramSignals({ book, limits, native, handler, session });
  desk.received = message => signals.received(message);
  return { handler, bridge: new SignalBridge({ options, folder, book, desk: signals, nowMs }) };
}

function readOptions(section: SignalOptionsInput): SignalOptions {
  const result = signalOptions.safeParse(section);
  if (result.success) return result.data;
  throw new ConfigError('HR_CONFIG', z.prettifyError(result.error));
}
