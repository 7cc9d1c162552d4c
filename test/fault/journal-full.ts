import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
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

/** Mounts a disk of this size; false where that is not allowed. */
export function mountDisk(directory: string, sizeBytes: number): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeBytes}`, 'tmpfs', directory]).status === 0;
}

async function stateOf(writer: LogWriter, state: string, timeoutMs: number): Promise<boolean> {
  for (let waited = 0; waited < timeoutMs && writer.state() !== state; waited += 20) await delay(20);
  return writer.state() === state;
}

/** Fills the disk with ordinary frames until they are refused. */
async function fill(writer: LogWriter, found: Findings, where: string): Promise<void> {
  for (let batch = 0; batch < 2000 && appendFrames(writer, 50) === 0; batch++) if (batch % 5 === 0) await delay(1);
  writer.dropGroup();
  found.expect(await stateOf(writer, 'reserve', 3000), `${where}: state ${writer.state()} when the disk is full`);
  found.expect(writer.stage({ type: 18, topic: 0, source: 0 }, payloadOf(1)) === 0, `${where}: took an ordinary frame`);
  writer.dropGroup();
  // Groups that were ended before the disk filled are still staged: they go with the next commit.
  const staged = writer.nextSequence - 1;
  const status = writer.commit(BigInt(staged) * 1_000_000n);
  found.expect(
    status === 0 && writer.committedSequence === staged,
    `${where}: groups staged before were lost (${status})`,
  );
}

/** On a full disk: the log that may use its reserve takes frames in that state too, until nothing fits. */
async function fillReserve(ledger: LogWriter, found: Findings, where: string): Promise<void> {
  for (let batch = 0; batch < 2000 && ledger.state() === 'ok'; batch++) {
    found.expect(appendFrames(ledger, 50) === 0, `${where}: the ledger refused before its reserve`);
    if (batch % 5 === 0) await delay(1);
  }
  found.expect(await stateOf(ledger, 'reserve', 3000), `${where}: state ${ledger.state()} of the ledger`);
  const before = ledger.nextSequence;
  const status = appendFrames(ledger, 20);
  found.expect(
    status === 0 && ledger.committedSequence === before + 19,
    `${where}: the reserve took nothing (${status})`,
  );
  for (let batch = 0; batch < 2000 && appendFrames(ledger, 50) === 0; batch++);
  ledger.dropGroup();
}

/** A disk that fills up under two logs: refusals by state, the reserve for the one that must go on, nothing committed lost, and ok again with room. */
export async function run({ rounds, seed, native }: CampaignOptions): Promise<CampaignReport> {
  const found = new Findings();
  const random = randomOf(seed);
  for (let round = 0; round < rounds; round++) {
    const { directory, remove } = temporaryFolder();
    const segments = 6 + random(4);
    if (!mountDisk(directory, segments * SMALL_SEGMENT + random(SMALL_SEGMENT / 4096) * 4096 + 16384)) {
      remove();
      return { ...found.report('journal-full', round), skipped: 'a tmpfs cannot be mounted here (needs root)' };
    }
    const where = `round ${round} of seed ${seed}, ${native}, ${segments} segments`;
    try {
      const open = (name: string, mayUseReserve: boolean): LogWriter =>
        openLog(join(directory, name), { native, tail: createTail(256 * 1024), mayUseReserve }).writer;
      const logs = { ordinary: open('ordinary', false), ledger: open('ledger', true) };
      // Both have their reserve and their next segment before the disk fills.
      for (const log of Object.values(logs)) appendFrames(log, 1);
      await delay(100);
      await fill(logs.ordinary, found, where);
      await fillReserve(logs.ledger, found, where);
      found.count('filled');
      if (random(4) === 0) {
        spawnSync('mount', ['-o', `remount,size=${(segments + 5) * SMALL_SEGMENT}`, directory]);
        for (const [name, log] of Object.entries(logs))
          if (found.expect(await stateOf(log, 'ok', 5000), `${where}: ${name} still ${log.state()} with room again`))
            found.count('ok again');
      }
      for (const [name, log] of Object.entries(logs)) {
        const committed = log.committedSequence;
        log.close();
        const frames = readFrames(join(directory, name));
        found.expect(
          frames.length === committed && firstWrong(frames) === 0,
          `${where}: ${name} holds ${frames.length} of ${committed}`,
        );
      }
    } catch (error) {
      found.expect(false, `${where}: ${(error as Error).message}`);
    }
    found.expect(spawnSync('umount', [directory]).status === 0, `${where}: a file is still open after close`);
    spawnSync('umount', ['-l', directory]);
    remove();
  }
  return found.report('journal-full', rounds);
}
