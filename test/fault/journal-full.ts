import { spawnSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

import { createTail, type LogWriter } from '../../src/journal/index.js';
import { Findings, randomOf, type CampaignOptions, type CampaignReport } from '../support/campaign.js';
import {
  appendFrames,
  firstWrong,
  openLog,
  payloadOf,
  readFrames,
  SMALL_SEGMENT,
  temporaryFolder,
} from '../support/journal.js';

function mount(directory: string, sizeBytes: number): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeBytes}`, 'tmpfs', directory]).status === 0;
}

async function stateOf(writer: LogWriter, state: string, timeoutMs: number): Promise<boolean> {
  for (let waited = 0; waited < timeoutMs && writer.state() !== state; waited += 20) await delay(20);
  return writer.state() === state;
}

/** Fills the disk: ordinary frames until they are refused, then those that may use the reserve, until nothing fits. */
async function fill(writer: LogWriter, found: Findings, where: string): Promise<void> {
  for (let batch = 0; batch < 2000 && appendFrames(writer, 50) === 0; batch++) if (batch % 5 === 0) await delay(1);
  writer.dropGroup();
  found.expect(await stateOf(writer, 'reserve', 3000), `${where}: state ${writer.state()} when the disk is full`);
  found.expect(writer.stage({ type: 18, topic: 0, source: 0 }, payloadOf(1)) === 0, `${where}: took an ordinary frame`);
  writer.dropGroup();
  // Groups that were ended before the disk filled are still staged: they go with the next commit.
  const before = writer.nextSequence;
  writer.useReserve(true);
  const status = appendFrames(writer, 20);
  found.expect(
    status === 0 && writer.committedSequence === before + 19,
    `${where}: the reserve took nothing (${status})`,
  );
  for (let batch = 0; batch < 2000 && appendFrames(writer, 50) === 0; batch++);
  writer.dropGroup();
  writer.useReserve(false);
}

/** A disk that fills up: refusals by state, the reserve for what must go on, nothing committed lost, and ok again with room. */
export async function run({ rounds, seed, native }: CampaignOptions): Promise<CampaignReport> {
  const found = new Findings();
  const random = randomOf(seed);
  for (let round = 0; round < rounds; round++) {
    const { directory, remove } = temporaryFolder();
    const segments = 3 + random(4);
    if (!mount(directory, segments * SMALL_SEGMENT + random(SMALL_SEGMENT / 4096) * 4096 + 16384)) {
      remove();
      return { ...found.report('journal-full', round), skipped: 'a tmpfs cannot be mounted here (needs root)' };
    }
    const where = `round ${round} of seed ${seed}, ${native}, ${segments} segments`;
    try {
      const { writer } = openLog(directory, { native, tail: createTail(256 * 1024) });
      await fill(writer, found, where);
      const committed = writer.committedSequence;
      found.count('filled');
      if (random(4) === 0) {
        spawnSync('mount', ['-o', `remount,size=${(segments + 5) * SMALL_SEGMENT}`, directory]);
        if (found.expect(await stateOf(writer, 'ok', 5000), `${where}: still ${writer.state()} with room again`))
          found.count('ok again');
      }
      writer.close();
      const frames = readFrames(directory);
      found.expect(
        frames.length === committed && firstWrong(frames) === 0,
        `${where}: ${frames.length} of ${committed}`,
      );
    } catch (error) {
      found.expect(false, `${where}: ${(error as Error).message}`);
    }
    found.expect(spawnSync('umount', [directory]).status === 0, `${where}: a file is still open after close`);
    spawnSync('umount', ['-l', directory]);
    remove();
  }
  return found.report('journal-full', rounds);
}
