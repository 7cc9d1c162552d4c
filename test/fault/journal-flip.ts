import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { currentBootId } from '../../src/journal/format.js';
import { recoverLog } from '../../src/journal/recovery.js';
import { HeadraceError } from '../../src/model/index.js';
import { Findings, randomOf, type CampaignOptions, type CampaignReport } from '../support/campaign.js';
import {
  appendFrames,
  openLog,
  readFrames,
  SMALL_SEGMENT,
  temporaryFolder,
  type ReadFrame,
} from '../support/journal.js';

const OTHER_BOOT = new Uint8Array(16).fill(9);

/** The log's files, and only them, as they were. */
function restore(directory: string, files: ReadonlyMap<string, Buffer>): void {
  for (const name of readdirSync(directory)) if (!files.has(name)) rmSync(join(directory, name));
  for (const [name, bytes] of files) writeFileSync(join(directory, name), bytes);
}

function sameFrames(a: readonly ReadFrame[], b: readonly ReadFrame[]): boolean {
  return (
    a.length === b.length &&
    a.every((frame, at) => {
      const other = b[at] as ReadFrame;
      return frame.sequence === other.sequence && frame.timeNs === other.timeNs && frame.payload.equals(other.payload);
    })
  );
}

/** One bit flipped in a closed log: the start is refused naming the file, or a torn tail is reported, or no frame differs. */
export function run({ rounds, seed, native }: CampaignOptions): CampaignReport {
  const found = new Findings();
  const random = randomOf(seed);
  const { directory, remove } = temporaryFolder();
  const { writer } = openLog(directory, { native });
  appendFrames(writer, 3000, { groupSize: 3, groups: 9 });
  writer.close();
  const frames = readFrames(directory);
  const names = readdirSync(directory).filter(name => name.endsWith('.segment'));
  const files = new Map(names.map(name => [name, readFileSync(join(directory, name))]));
  const used = names.filter(name => files.get(name)?.some(byte => byte !== 0));
  for (let round = 0; round < rounds; round++) {
    const name = used[random(used.length)] as string;
    const flipped = Buffer.from(files.get(name) as Buffer);
    const bit = random(flipped.length * 8);
    flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
    restore(directory, files);
    writeFileSync(join(directory, name), flipped);
    const where = `bit ${bit & 7} of ${name}:${bit >> 3}, round ${round} of seed ${seed}`;
    const bootId = random(2) === 0 ? OTHER_BOOT : currentBootId();
    try {
      const { recovery } = recoverLog({
        directory,
        name: 'ledger',
        segmentSizeBytes: SMALL_SEGMENT,
        bootId,
        acceptDamage: false,
      });
      const harmless = sameFrames(readFrames(directory), frames);
      found.count(recovery.tornBytes > 0 ? 'reported as a torn tail' : 'harmless');
      found.expect(harmless, `${where}: accepted with other frames (${recovery.tornBytes} torn)`);
    } catch (error) {
      const isNamed =
        error instanceof HeadraceError && error.code === 'HR_JOURNAL_DAMAGED' && error.message.includes(name);
      found.count('refused');
      found.expect(isNamed, `${where}: ${(error as Error).message}`);
    }
  }
  remove();
  return found.report('journal-flip', rounds);
}
