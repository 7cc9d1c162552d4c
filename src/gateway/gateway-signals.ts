import type { Log } from '../observe/index.js';
import type { SinkLog } from '../publish/index.js';
import { SignalBook, SignalBridge, type SignalOptions } from '../signals/index.js';
import { LedgerSignals } from './ledger-signals.js';
import type { LaneThread } from './lane-thread.js';
import type { GatewayConfig } from './config/index.js';

/** What a gateway's bridge is made of. */
export interface GatewaySignalsParts {
  readonly config: GatewayConfig;
  readonly options: SignalOptions;
  readonly folder: string;
  readonly lane: LaneThread;
  readonly ledger: SinkLog;
  readonly offsetsFolder: string;
  readonly log: Log;
}

/** The signals of a running gateway. */
export interface GatewaySignals {
  readonly bridge: SignalBridge;
  readonly desk: LedgerSignals;
}

/** Reads the signals back from the ledger and makes their bridge; `bridge.recover` settles what they left once the lane takes orders. */
export function openSignals(parts: GatewaySignalsParts): GatewaySignals {
  const { config, options, folder, lane, ledger, offsetsFolder, log } = parts;
  const book = new SignalBook(options.rememberedMax);
  const desk = new LedgerSignals({
    book,
    ask: request => lane.program(request),
    ledger,
    sessions: lane.names.sessions,
    instance: config.instance,
    beginString: config.fix.venue.beginString,
    offsetsFolder,
    log,
  });
  desk.open();
  return { desk, bridge: new SignalBridge({ options, folder, book, desk, nowMs: () => Date.now() }) };
}
