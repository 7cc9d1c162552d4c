import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

import type { NativeMode } from '../../src/native/index.js';
import { createTail, type Durability } from '../../src/journal/index.js';
import {
  appendFrames,
  firstWrong,
  nativeModes,
  openLog,
  payloadOf,
  readFrames,
  temporaryFolder,
} from '../support/journal.js';

const bootId = new Uint8Array(16).fill(7);

/** The same frames, instants and syncs for both parts: 30 batches of 1 to 40 groups of 1 to 6 frames of up to 3,000 bytes. */
function write(
  directory: string,
  native: NativeMode,
  options: { durability: Durability; chained: boolean; seed: number },
): void {
  let state = options.seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const { durability, chained } = options;
  const { writer } = openLog(directory, { native, durability, chained, bootId, tail: createTail(512 * 1024) });
  let now = 1_700_000_000_000_000_000n;
  for (let batch = 0; batch < 30; batch++) {
    const groups = 1 + random(40);
    for (let group = 0; group < groups; group++) {
      const frames = 1 + random(6);
      for (let frame = 0; frame < frames; frame++) {
        const head = { type: 1 + random(20), topic: random(65536), source: random(2 ** 32) };
        if (writer.stage(head, payloadOf(writer.nextSequence, random(20) === 0 ? 3000 : 150)) === 0)
          throw new Error('full');
      }
      writer.endGroup();
    }
    now += BigInt(random(8_000_000));
    if (writer.commit(now) !== 0) throw new Error('commit');
    if (random(5) === 0) writer.sync();
  }
  writer.close();
}

function filesOf(directory: string): Map<string, Buffer> {
  const names = readdirSync(directory)
    .filter(name => name.endsWith('.segment'))
    .sort();
  const files = new Map(names.map(name => [name, readFileSync(join(directory, name))]));
  return new Map([...files].filter(([, bytes]) => bytes.some(byte => byte !== 0)));
}

const skip = nativeModes.length < 2 ? 'the crate is not built' : false;

t.test('crate and twin write equal segment files from equal frames', { skip }, async t => {
  for (const durability of ['none', 'os', 'group', 'each'] as const) {
    for (const seed of [1, 2, 3]) {
      const [twin, crate] = [temporaryFolder(), temporaryFolder()];
      const chained = seed !== 2;
      write(twin.directory, 'off', { durability, chained, seed });
      write(crate.directory, 'require', { durability, chained, seed });
      // But under none a block header names a synced position that depends on the disk's speed.
      if (durability === 'none') {
        const [a, b] = [filesOf(twin.directory), filesOf(crate.directory)];
        t.same([...a.keys()], [...b.keys()]);
        for (const [name, bytes] of a)
          t.equal(bytes.compare(b.get(name) as Buffer), 0, `${durability} ${seed} ${name}`);
      } else {
        const strip = (frames: ReturnType<typeof readFrames>) =>
          frames.map(f => [f.sequence, f.timeNs, f.payload.toString('hex')]);
        t.same(strip(readFrames(twin.directory)), strip(readFrames(crate.directory)));
      }
      twin.remove();
      crate.remove();
    }
  }
});

t.test('each part goes on in a log the other wrote', { skip }, async t => {
  const { directory, remove } = temporaryFolder();
  t.teardown(remove);
  for (let round = 0; round < 6; round++) {
    const { writer } = openLog(directory, { native: round % 2 === 0 ? 'require' : 'off' });
    t.same(writer.recovery, { lastSequence: round * 700, tornBytes: 0, droppedFrames: 0, damage: [] });
    appendFrames(writer, 700);
    writer.close();
  }
  const frames = readFrames(directory);
  t.equal(frames.length, 4200);
  t.equal(firstWrong(frames), 0);
});
