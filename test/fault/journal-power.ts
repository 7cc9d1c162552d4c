import { Findings, randomOf, type CampaignOptions, type CampaignReport } from '../support/campaign.js';
import { createTail } from '../../src/journal/index.js';
import { openLogWriterOn } from '../../src/journal/writer.js';
import {
  appendFrames,
  firstWrong,
  openLog,
  payloadOf,
  readFrames,
  SMALL_SEGMENT,
  temporaryFolder,
} from '../support/journal.js';
import { RecordedDisk } from './recorded-disk.js';

const BOOT = new Uint8Array(16).fill(1);
const NEXT_BOOT = new Uint8Array(16).fill(2);
const BATCHES = 60;

/** Records what a writer of some segments asks of the disk, syncing now and then. */
async function record(seed: number): Promise<RecordedDisk> {
  const { directory, remove } = temporaryFolder();
  const random = randomOf(seed);
  const disk = new RecordedDisk();
  const writer = openLogWriterOn(disk, {
    directory,
    name: 'ledger',
    durability: 'group',
    chained: true,
    native: 'off',
    bootId: BOOT,
    tail: createTail(256 * 1024),
    segmentSizeBytes: SMALL_SEGMENT,
    group: { records: 300, timeMs: 1 },
  });
  disk.promised = { synced: () => writer.syncedSequence, committed: () => writer.committedSequence };
  for (let batch = 0; batch < BATCHES; batch++) {
    for (let group = random(12); group >= 0; group--) {
      for (let frame = random(4); frame >= 0; frame--) {
        const sizeMax = random(15) === 0 ? 9000 : 200;
        writer.stage({ type: 18, topic: 0, source: sizeMax }, payloadOf(writer.nextSequence, sizeMax));
      }
      writer.endGroup();
    }
    writer.commit(BigInt(batch) * 4_000_000n);
    if (random(3) === 0) await new Promise(resolve => setTimeout(resolve, 2));
  }
  writer.close();
  remove();
  return disk;
}

/** How unsynced sectors fare: all lost, all kept, each by chance, or kept but the last write cut off. */
function fate(random: (below: number) => number): (sector: number, isLast: boolean) => boolean {
  const kind = random(4);
  const cut = random(20);
  let seen = 0;
  if (kind === 0) return () => false;
  if (kind === 1) return () => true;
  if (kind === 2) return () => random(2) === 0;
  return (_sector, isLast) => !isLast || seen++ < cut;
}

/**
 * Every prefix of a recorded write trace, with unsynced sectors dropped and torn, opened after another boot: nothing synced is lost,
 * nothing is wrong, nothing is called damage, and the log goes on.
 */
export async function run({ rounds, seed, native }: CampaignOptions): Promise<CampaignReport> {
  const found = new Findings();
  const disk = await record(seed);
  const random = randomOf(seed + 1);
  const count = disk.operations.length;
  for (let round = 0; round < rounds; round++) {
    const prefix = rounds >= count ? 1 + (round % count) : 1 + random(count);
    const where = `prefix ${prefix} of ${count}, round ${round} of seed ${seed}, ${native}`;
    const { directory, remove } = temporaryFolder();
    disk.image(directory, prefix, fate(random));
    try {
      recoverAndCheck(found, { directory, native, where, synced: disk.synced[prefix - 1] as number });
    } catch (error) {
      found.expect(false, `${where}: ${(error as Error).message}`);
    }
    remove();
  }
  return found.report('journal-power', rounds);
}

interface Case {
  readonly directory: string;
  readonly native: CampaignOptions['native'];
  readonly where: string;
  readonly synced: number;
}

function recoverAndCheck(found: Findings, { directory, native, where, synced }: Case): void {
  const { writer } = openLog(directory, { native, bootId: NEXT_BOOT });
  const { recovery } = writer;
  found.count(recovery.tornBytes > 0 ? 'torn tail' : recovery.droppedFrames > 0 ? 'group dropped' : 'whole');
  found.expect(recovery.lastSequence >= synced, `${where}: ${synced} synced, ${recovery.lastSequence} found`);
  appendFrames(writer, 5);
  writer.close();
  const frames = readFrames(directory).filter(frame => frame.sequence > recovery.lastSequence);
  found.expect(frames.length === 5 && firstWrong(frames, recovery.lastSequence + 1) === 0, `${where}: appended frames`);
  const all = readFrames(directory).slice(0, recovery.lastSequence);
  const wrong = all.findIndex(({ sequence, payload }, at) => {
    const isRight = payload.equals(payloadOf(sequence)) || payload.equals(payloadOf(sequence, 9000));
    return sequence !== at + 1 || !isRight;
  });
  found.expect(wrong < 0, `${where}: frame ${wrong + 1} is wrong`);
  found.expect(all.at(-1)?.groupEnd ?? true, `${where}: the log ends within a group`);
  const again = openLog(directory, { native: 'off', bootId: NEXT_BOOT }).writer;
  found.expect(again.recovery.lastSequence === recovery.lastSequence + 5, `${where}: opened again`);
  again.close();
}
