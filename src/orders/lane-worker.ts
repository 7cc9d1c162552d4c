import { parentPort, workerData } from 'node:worker_threads';

import { InvariantError } from '../model/index.js';
import { LaneRun } from './lane-run.js';
import type { LaneEvent, LaneRequest } from './lane-messages.js';
import type { LaneOptions } from './lane-options.js';

// The lane's thread. Main gives it the options as workerData and then asks by messages; a fault ends the thread after it was told.
if (parentPort === null) throw new InvariantError('HR_INVARIANT', 'lane-worker.js runs as a worker thread only');
const port = parentPort;
const tell = (event: LaneEvent): void => port.postMessage(event);
const run = await LaneRun.open(workerData as LaneOptions, tell);
port.on('message', (request: LaneRequest) => run?.handle(request));
