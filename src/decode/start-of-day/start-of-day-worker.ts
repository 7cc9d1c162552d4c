import { parentPort, workerData } from 'node:worker_threads';

import { loadAddon } from '../../native/index.js';
import { failureOf } from '../worker-failure.js';
import { readStartOfDay } from './file-reader.js';
import { LoadSender } from './sender.js';
import type { StartOfDayOptions, StartOfDayReport } from './worker-protocol.js';

const RECORDS_MAX = 1_000_000;
const STALL_MS = 30_000;

// The decode worker of one start-of-day file. Nothing is sent before the whole file was found good.
function load(options: StartOfDayOptions): StartOfDayReport {
  const { mapping, ring, doorbell, native, planId = 0, recordsMax = RECORDS_MAX, stallMs = STALL_MS } = options;
  const found = readStartOfDay(mapping, loadAddon(native), recordsMax);
  new LoadSender({ ring, doorbell, native, planId, stallMs }).send(found);
  const summary = {
    fileHash: found.fileHash.toString('hex'),
    businessDate: found.businessDate,
    positionCount: found.positions.count,
    limitCount: found.limits.count,
  };
  return { kind: 'loaded', summary };
}

function report(options: StartOfDayOptions): StartOfDayReport {
  try {
    return load(options);
  } catch (error) {
    return failureOf(error);
  }
}

parentPort?.postMessage(report(workerData as StartOfDayOptions));
