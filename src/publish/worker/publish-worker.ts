// The publish worker's thread: one reader for each sink and log, each with a connection and a place of its own.
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';

import { openCounters, openLog } from '../../observe/index.js';
import { listenDoorbell } from '../../ring/index.js';
// tidy: row: a refusal has one wording, the gate's; the worker cannot be handed a function by main
import { refusalText } from '../../risk/index.js';
import { BrokerSink } from '../broker-sink.js';
import { journalLog, type JournalLogPlace } from '../journal-log.js';
import { Names } from '../names.js';
import { OffsetFile } from '../offset-file.js';
import { createRender } from '../render.js';
import { SINK_COUNTERS } from '../sink-counters.js';
import { brokerSinks, type BrokerSinkName } from '../sinks.js';
import { KeptSink } from './kept-sink.js';
import type { PublishOrder, PublishWorkerOptions } from './protocol.js';

const options = workerData as PublishWorkerOptions;
const owner = parentPort as MessagePort;

function keepSink(name: BrokerSinkName, place: JournalLogPlace): KeptSink {
  const log = openLog(`publish ${name} ${place.name}`, { level: options.logLevel });
  const settings = options.sinks[name];
  const memory = options.counters[`${name}.${place.name}`];
  if (settings === undefined || memory === undefined)
    throw new TypeError(`sink ${name} of ${place.name} is not set up`);
  const counters = openCounters(memory, SINK_COUNTERS);
  const open = (): BrokerSink => {
    const opened = brokerSinks[name].open(settings, { log, folder: options.configFolder });
    const source = journalLog(place);
    const offset = new OffsetFile(options.offsetsFolder, name, place.name);
    const names = new Names();
    names.foldToEnd(source);
    return new BrokerSink({ ...opened, source, render: createRender({ names, refusalText }), offset, counters, log });
  };
  return new KeptSink({ open, counters, log });
}

const configured = (Object.keys(brokerSinks) as BrokerSinkName[]).filter(name => options.sinks[name] !== undefined);
const sinks = configured.flatMap(name => options.logs.map(place => keepSink(name, place)));
const wake = (): void => sinks.forEach(sink => sink.wake());
const doorbell = listenDoorbell(options.doorbell, wake, options.native, true);

async function close(drainMs: number): Promise<void> {
  await Promise.all(sinks.map(sink => sink.close(drainMs)));
  doorbell.close();
  owner.close();
}

owner.on('message', ({ drainMs }: PublishOrder) => void close(drainMs));
wake();
