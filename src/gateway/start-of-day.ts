import { existsSync } from 'node:fs';

import { startStartOfDayWorker } from '../decode/index.js';
import { ConfigError, DecodeError } from '../model/index.js';
import type { Log } from '../observe/index.js';
import type { LoadResult } from '../orders/index.js';
import type { GatewayConfig } from './config/index.js';
import type { LaneThread } from './lane-thread.js';
import type { GatewayMemory } from './memory.js';

export interface StartOfDayParts {
  readonly config: GatewayConfig;
  readonly memory: GatewayMemory;
  readonly lane: LaneThread;
  readonly log: Log;
}

/**
 * Loads the configured file into the lane and waits until the ledger has it. A file already loaded changes nothing. Throws what the decode worker
 * found wrong with a record, of another file of a date already loaded, and ConfigError for no file and none ever loaded.
 */
export async function loadStartOfDay(
  { config, memory, lane, log }: StartOfDayParts,
  loadsBefore: number,
): Promise<LoadResult | undefined> {
  const { startOfDay } = config;
  const ring = memory.lane.loadRing;
  if (startOfDay === undefined || ring === undefined) return undefined;
  if (!existsSync(startOfDay.file)) {
    if (loadsBefore > 0) {
      log.warn({ file: startOfDay.file }, 'no start-of-day file: positions and limits stay as they were');
      return undefined;
    }
    throw new ConfigError(
      'HR_LOAD_MISSING',
      `startOfDay.file ${startOfDay.file} does not exist, and nothing was ever loaded`,
    );
  }
  const result = new Promise<LoadResult>((resolve, reject) => {
    lane.once('load', resolve);
    lane.once('failed', reject);
  });
  result.catch(() => {});
  const worker = startStartOfDayWorker({
    mapping: startOfDay,
    ring,
    doorbell: memory.lane.bell,
    native: config.native,
  });
  await worker.done;
  const loaded = await result;
  if (loaded.status === 'refused') throw new DecodeError('HR_LOAD_REFUSED', `${startOfDay.file}: ${loaded.reason}`);
  const { businessDate, fileHash } = loaded.load;
  log.info({ status: loaded.status, businessDate, fileHash }, 'start of day');
  return loaded;
}
