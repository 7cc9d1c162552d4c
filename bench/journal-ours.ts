/** Our ledger with checksums and the block hash chain on; `recordsPerSync` 0 writes and does not wait for a sync. */
import { createTail, openLogWriter, type LogWriter } from '../src/journal/index.js';
import { statusName } from '../src/model/index.js';
import type { NativeMode } from '../src/native/index.js';
import type { Missing, Rated } from './harness.js';
import { orMissing } from './harness.js';
import { workFolder } from './install.js';
import { RECORD_BYTES, UNIT, recordsPerSecond } from './journal-peers.js';

const LABEL = { require: 'native', prefer: 'native where built', off: 'TypeScript twin' } as const;
const UNSYNCED_BATCH = 1000;
const TAIL_BYTES = 32 * 1024 * 1024;
const RETAIN_BYTES = 512 * 1024 * 1024;
const TYPE = 1;

function check(status: number): void {
  if (status !== 0) throw new Error(`the journal answered ${statusName(status)}`);
}

/** Stages and commits one batch. */
function append(writer: LogWriter, records: number, payload: Uint8Array): void {
  const frame = { type: TYPE, topic: 1, source: 0 };
  for (let index = 0; index < records; index++) {
    if (writer.stage(frame, payload) === 0) throw new Error('the journal has no capacity for the batch');
    writer.endGroup();
  }
  check(writer.commit(BigInt(Date.now()) * 1_000_000n));
}

/** Batches committed at `os`; a sync of all that is committed after each, where asked for. */
export function journalAppend(native: NativeMode, recordsPerSync: number): Promise<Rated | Missing> {
  const name = `headrace, ${LABEL[native]}`;
  return orMissing(name, () => {
    const writer = openLogWriter({
      directory: workFolder(`journal-${native}-${recordsPerSync}`),
      name: 'bench',
      durability: 'os',
      chained: true,
      native,
      tail: createTail(TAIL_BYTES),
      retainBytes: RETAIN_BYTES,
    });
    const payload = new Uint8Array(RECORD_BYTES).fill(0x72);
    const records = recordsPerSync === 0 ? UNSYNCED_BATCH : recordsPerSync;
    function write(): void {
      append(writer, records, payload);
      if (recordsPerSync > 0) check(writer.sync());
    }
    // The twin seals blocks and prepares segments on this thread's loop: it gets a turn between two cycles.
    async function run(): Promise<number> {
      const rate = recordsPerSecond(records, write);
      await new Promise(resolve => setTimeout(resolve, 50));
      return rate;
    }
    return { name, unit: UNIT, run, close: () => writer.close() };
  });
}
