import type { BrokerConnection } from '../broker/index.js';
import { ConfigError } from '../model/index.js';
import { createCounters, type Log } from '../observe/index.js';
import {
  BrokerSink,
  Names,
  OffsetFile,
  SINK_COUNTERS,
  brokerSinks,
  createRender,
  rewindSinks,
  type SinkLog,
  type SinkReport,
} from '../publish/index.js';
import { refusalText } from '../risk/index.js';
import { stopAll } from './stop.js';

/** An embedder's own sink: batches of records by position, acknowledged by the promise; a rejected batch comes again. */
export type EmbeddedSink = BrokerConnection;

const SINK_NAME = /^[a-z0-9-]+$/;

/** A sink's name is that of its offset files and a label of its metrics. Throws ConfigError naming one that is no such name, or is taken. */
export function checkSinkNames(names: readonly string[]): void {
  for (const name of names) {
    if (!SINK_NAME.test(name))
      throw new ConfigError('HR_SINK_NAME', `sink "${name}": a name has only a to z, 0 to 9 and "-"`);
    if (name in brokerSinks) throw new ConfigError('HR_SINK_NAME', `sink "${name}": this name is headrace's own`);
  }
}

const BOUNDS = { lingerMs: 5, batchBytes: 512 * 1024, batchRecords: 5_000, retryMsMax: 1_000 };

/** Runs an embedder's sinks on main, each with readers and places of its own, by the same loop as the brokers'. */
export class EmbeddedSinks {
  readonly reports: readonly SinkReport[];
  readonly #sinks: readonly BrokerSink[];

  constructor(
    sinks: Readonly<Record<string, EmbeddedSink>>,
    logs: readonly SinkLog[],
    offsetsFolder: string,
    log: Log,
  ) {
    const places = Object.entries(sinks).flatMap(([name, connection]) =>
      logs.map(source => ({
        connection,
        source,
        sink: name,
        log: source.name,
        counters: createCounters(SINK_COUNTERS),
      })),
    );
    this.reports = places;
    rewindSinks({ reports: places, logs, offsetsFolder, log });
    this.#sinks = places.map(({ connection, source, sink, counters }) => {
      const offset = new OffsetFile(offsetsFolder, sink, source.name);
      const names = new Names();
      names.foldToEnd(source);
      const render = createRender({ names, refusalText });
      return new BrokerSink({ source, render, only: undefined, connection, offset, bounds: BOUNDS, counters, log });
    });
  }

  wake(): void {
    for (const sink of this.#sinks) sink.wake();
  }

  async close(drainMs: number): Promise<void> {
    await stopAll([this.#sinks.map(sink => () => sink.close(drainMs))]);
  }
}
