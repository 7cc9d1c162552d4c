import { pino, type DestinationStream, type Logger } from 'pino';

import { HeadraceError } from '../model/index.js';

/** From most to least; `silent` writes nothing. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** `log.info({ facts }, 'sentence')`. Facts are counts, positions, names and codes: never a payload, an order or a secret. */
export type Log = Pick<Logger, Exclude<LogLevel, 'silent'>>;

export interface LogOptions {
  readonly level?: LogLevel;
  /** Where lines go instead of standard error. */
  readonly destination?: DestinationStream;
}

/** A known error is its code and sentence, an unknown one its stack; details may hold bytes of a record, so they stay out. */
function errorFacts(error: unknown): unknown {
  if (error instanceof HeadraceError) return { code: error.code, message: error.message };
  return pino.stdSerializers.err(error as Error);
}

/**
 * A structured log: one JSON line an event to standard error, with level, UTC time and the thread's name. Each thread
 * opens its own. Lines are written at once, so the last ones before a stop are there.
 */
export function openLog(thread: string, options: LogOptions = {}): Log {
  const destination = options.destination ?? pino.destination({ fd: 2, sync: true });
  return pino(
    {
      level: options.level ?? 'info',
      base: { thread },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
      serializers: { err: errorFacts },
    },
    destination,
  );
}
