import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import type { Durability } from '../../src/journal/index.js';
import type { NativeMode } from '../../src/native/index.js';
import { randomOf } from '../support/campaign.js';
import { openLog, payloadOf } from '../support/journal.js';

// Appends without end, and says in a file what was committed: that file, too, survives the process.
const [directory = '', native, durability, seed] = process.argv.slice(2);
const random = randomOf(Number(seed));
const { writer } = openLog(directory, { native: native as NativeMode, durability: durability as Durability });
const acknowledgement = openSync(join(directory, 'acknowledged'), 'r+');
const numbers = Buffer.alloc(16);

function batch(): void {
  for (let group = random(20); group >= 0; group--) {
    for (let frame = random(5); frame >= 0; frame--) {
      writer.stage({ type: 18, topic: 1, source: 2 }, payloadOf(writer.nextSequence));
    }
    writer.endGroup();
  }
  if (writer.commit(BigInt(Date.now()) * 1_000_000n) !== 0) throw new Error('commit failed');
  numbers.writeDoubleLE(writer.committedSequence, 0);
  numbers.writeDoubleLE(writer.syncedSequence, 8);
  writeSync(acknowledgement, numbers, 0, 16, 0);
  if (random(4) === 0) setImmediate(batch);
  else batchSoon();
}

function batchSoon(): void {
  if (random(10) === 0) setTimeout(batch, 1);
  else setImmediate(batch);
}

process.stdout.write('writing\n');
batch();
