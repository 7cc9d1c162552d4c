import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { openLogReader } from '../../src/journal/index.js';
import { Findings, randomOf, type CampaignOptions, type CampaignReport } from '../support/campaign.js';
import { openLog, payloadOf, temporaryFolder } from '../support/journal.js';

const CHILD = fileURLToPath(new URL('./journal-kill-child.js', import.meta.url));
/** A new log is begun so often: a log that grows for 500 rounds only tests the reader. */
const ROUNDS_PER_LOG = 20;

function acknowledged(path: string): { committed: number; synced: number } {
  const fd = openSync(path, 'r');
  const bytes = Buffer.alloc(16);
  readSync(fd, bytes, 0, 16, 0);
  closeSync(fd);
  return { committed: bytes.readDoubleLE(0), synced: bytes.readDoubleLE(8) };
}

function killed(child: ChildProcess, delayMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let errors = '';
    child.stderr?.on('data', data => (errors += String(data)));
    child.once('error', reject);
    child.stdout?.once('data', () => setTimeout(() => child.kill('SIGKILL'), delayMs));
    child.once('exit', (code, signal) => resolve(signal === 'SIGKILL' ? '' : `exit ${code}: ${errors}`));
  });
}

/** The frames from `first` on: the first wrong one's text, and the last sequence. */
function check(directory: string, first: number): { wrong: string; last: number } {
  const reader = openLogReader({ directory, name: 'ledger', from: first });
  let last = first - 1;
  let wrong = '';
  const visit = (frame: { sequence: number; payload: Uint8Array }): void => {
    if (frame.sequence !== last + 1) wrong ||= `sequence ${frame.sequence} after ${last}`;
    else if (Buffer.compare(frame.payload, payloadOf(frame.sequence)) !== 0) wrong ||= `payload of ${frame.sequence}`;
    last = frame.sequence;
  };
  while (reader.poll(visit, 1000) > 0);
  reader.close();
  return { wrong, last };
}

/**
 * SIGKILLs a writing process again and again. Each time: every frame it had committed is there (durability os and above: pwrite
 * had returned), none is wrong, the log ends with a whole group, and nothing is called damage.
 */
export async function run({ rounds, seed, native }: CampaignOptions): Promise<CampaignReport> {
  const random = randomOf(seed);
  const found = new Findings();
  let folder = temporaryFolder();
  let last = 0;
  for (let round = 0; round < rounds; round++) {
    if (round % ROUNDS_PER_LOG === 0 && round > 0) {
      folder.remove();
      folder = temporaryFolder();
      last = 0;
    }
    const where = `round ${round} of seed ${seed}, ${native}`;
    const acknowledgement = join(folder.directory, 'acknowledged');
    writeFileSync(acknowledgement, Buffer.alloc(16));
    const durability = (['os', 'group', 'each'] as const)[random(3)] as string;
    const args = [CHILD, folder.directory, native, durability, String(1 + random(2 ** 30))];
    const problem = await killed(spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] }), random(60));
    found.expect(problem === '', `${where}: ${problem}`);
    try {
      const { committed } = acknowledged(acknowledgement);
      const { writer } = openLog(folder.directory, { native: random(2) === 0 ? 'off' : native });
      const { recovery } = writer;
      writer.close();
      found.count(recovery.tornBytes > 0 ? 'torn tail' : recovery.droppedFrames > 0 ? 'group dropped' : 'whole');
      found.expect(
        recovery.lastSequence >= committed,
        `${where}: ${committed} committed, ${recovery.lastSequence} found`,
      );
      const checked = check(folder.directory, last + 1);
      found.expect(checked.wrong === '', `${where}: ${checked.wrong}`);
      found.expect(checked.last === recovery.lastSequence, `${where}: ends at ${checked.last}`);
      last = recovery.lastSequence;
    } catch (error) {
      found.expect(false, `${where}: ${(error as Error).message}`);
      break;
    }
  }
  folder.remove();
  return found.report('journal-kill', rounds);
}
