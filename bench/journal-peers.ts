/** What our journal is measured beside: a C loop (the floor), Node's own fs and lmdb. `recordsPerSync` 0 never syncs. */
import { fdatasyncSync, openSync, closeSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import type { Missing, Rated } from './harness.js';
import { orMissing } from './harness.js';
import { nativePeer, npmPeer, workFolder } from './install.js';
import { processPeer } from './process-peer.js';

export const RECORD_BYTES = 100;
export const UNIT = 'records/s';

const LMDB = '3.5.6';
/** Records written together where nothing is synced. */
const UNSYNCED_GROUP = 1000;
const CYCLE_MS = 400;

/** Runs `group` again and again for one cycle; it writes `records` each time. */
export function recordsPerSecond(records: number, group: () => void): number {
  const start = performance.now();
  let count = 0;
  let elapsed = 0;
  while (elapsed < CYCLE_MS) {
    group();
    count += records;
    elapsed = performance.now() - start;
  }
  return (count / elapsed) * 1000;
}

export function cWrite(recordsPerSync: number): Promise<Rated | Missing> {
  const name = recordsPerSync === 0 ? 'C write, preallocated' : 'C write + fdatasync, preallocated';
  return orMissing(name, () => {
    const program = nativePeer({ source: 'write-fdatasync/write-fdatasync.c' });
    const group = String(recordsPerSync === 0 ? UNSYNCED_GROUP : recordsPerSync);
    const file = join(workFolder('c-write'), 'records');
    const command = [program, file, String(RECORD_BYTES), group, recordsPerSync === 0 ? '0' : '1'];
    return processPeer({ name, unit: UNIT, command });
  });
}

/** fs.writeSync of one group, then fdatasyncSync, to a file that grows. */
export function nodeWrite(recordsPerSync: number): Rated {
  const records = recordsPerSync === 0 ? UNSYNCED_GROUP : recordsPerSync;
  const file = openSync(join(workFolder('node-write'), 'records'), 'w');
  const group = Buffer.alloc(records * RECORD_BYTES, 'r');
  function write(): void {
    writeSync(file, group);
    if (recordsPerSync > 0) fdatasyncSync(file);
  }
  return {
    name: 'Node fs.writeSync, growing file',
    unit: UNIT,
    run: () => recordsPerSecond(records, write),
    close: () => closeSync(file),
  };
}

/** The part of lmdb's API that is used. */
interface LmdbModule {
  open(options: Record<string, unknown>): {
    transactionSync(write: () => void): void;
    putSync(key: number, value: Uint8Array): void;
    close(): Promise<void>;
  };
}

/** lmdb with transactionSync; overlappingSync off, so a committed transaction is on disk as ours is. */
export function lmdb(recordsPerSync: number): Promise<Rated | Missing> {
  const name = `lmdb ${LMDB}, transactionSync`;
  return orMissing(name, () => {
    const { open } = npmPeer('lmdb', LMDB) as LmdbModule;
    const database = open({
      path: join(workFolder('lmdb'), 'records'),
      keyEncoding: 'uint32',
      encoding: 'binary',
      overlappingSync: false,
      noSync: recordsPerSync === 0,
      compression: false,
      mapSize: 2 ** 32,
    });
    const records = recordsPerSync === 0 ? UNSYNCED_GROUP : recordsPerSync;
    const record = Buffer.alloc(RECORD_BYTES, 'r');
    let key = 0;
    const write = (): void =>
      database.transactionSync(() => {
        for (let index = 0; index < records; index++) database.putSync(key++, record);
      });
    return { name, unit: UNIT, run: () => recordsPerSecond(records, write), close: () => database.close() };
  });
}
