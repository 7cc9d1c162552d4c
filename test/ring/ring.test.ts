import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

import { FRAME, FRAME_HEADER_SIZE, FRAME_TYPE } from '../../src/model/index.js';
import { DOORBELL, DOORBELL_STATE } from '../../src/ring/doorbell.js';
import { RingConsumer, RingProducer, createRing, readRingFill } from '../../src/ring/index.js';
import { RING, RING_MAGIC } from '../../src/ring/layout.js';
import { projectRoot } from '../support/project.js';

interface Seen {
  type: number;
  topic: number;
  source: number;
  text: string;
}

function drain(consumer: RingConsumer, framesMax = 1000): Seen[] {
  const seen: Seen[] = [];
  consumer.poll((type, topic, source, bytes, start, end) => {
    seen.push({ type, topic, source, text: Buffer.from(bytes.slice(start, end)).toString('latin1') });
  }, framesMax);
  return seen;
}

function put(producer: RingProducer, text: string): boolean {
  const at = producer.tryClaim(17, 4, 0xfedcba98, text.length);
  if (at < 0) return false;
  producer.bytes.set(Buffer.from(text, 'latin1'), at);
  return true;
}

t.test('frames arrive in order with type, topic, source and payload, and only once published', async t => {
  const memory = createRing(1024);
  const producer = new RingProducer(memory);
  const consumer = new RingConsumer(memory);
  t.ok(put(producer, 'EURUSD') && put(producer, ''));
  t.strictSame(drain(consumer), [], 'nothing is seen before publish');
  producer.publish();
  t.strictSame(drain(consumer), [
    { type: 17, topic: 4, source: 0xfedcba98, text: 'EURUSD' },
    { type: 17, topic: 4, source: 0xfedcba98, text: '' },
  ]);
  t.strictSame(drain(consumer), [], 'nothing is seen twice');
});

t.test('a third thread reads how many bytes wait in a ring', async t => {
  const memory = createRing(512);
  const producer = new RingProducer(memory);
  const consumer = new RingConsumer(memory);
  t.strictSame(readRingFill(memory), { usedBytes: 0, sizeBytes: 512 });
  for (let round = 0; round < 3; round++) {
    for (let frame = 0; frame < 5; frame++) put(producer, 'x'.repeat(32));
    t.equal(readRingFill(memory).usedBytes, 0, 'claimed frames are not there yet');
    producer.publish();
    t.strictSame(readRingFill(memory), { usedBytes: 320, sizeBytes: 512 }, 'five frames of 64 bytes');
    drain(consumer, 2);
    t.equal(readRingFill(memory).usedBytes, 192);
    drain(consumer);
    t.equal(readRingFill(memory).usedBytes, 0);
  }
});

t.test('how full a ring is stays true when its positions pass 2^32', async t => {
  const memory = createRing(512);
  const words = new Int32Array(memory);
  words[RING.consumed / 4] = -64;
  words[RING.produced / 4] = 128;
  t.equal(readRingFill(memory).usedBytes, 192);
});

t.test('a full ring refuses, and takes again what was given back', async t => {
  const memory = createRing(512);
  const producer = new RingProducer(memory);
  const consumer = new RingConsumer(memory);
  let taken = 0;
  while (put(producer, 'x'.repeat(32))) taken++;
  t.equal(taken, 8, 'eight frames of 64 bytes fill 512');
  producer.publish();
  t.equal(drain(consumer, 3).length, 3, 'visits no more than it is asked to');
  let again = 0;
  while (put(producer, 'y'.repeat(32))) again++;
  t.equal(again, 3);
  producer.publish();
  t.equal(drain(consumer).length, 5, 'the rest of what was seen at the last look');
  t.equal(drain(consumer).length, 3);
});

t.test('a frame that does not fit before the end begins at the start, at every alignment of the wrap', async t => {
  for (let step = 0; step <= 32; step += 8) {
    const memory = createRing(512);
    const producer = new RingProducer(memory);
    const consumer = new RingConsumer(memory);
    let read = 0;
    for (let round = 0; round < 200; round++) {
      const text = String(round).padStart(round % 2 === 0 ? step : 32, '.');
      put(producer, text);
      producer.publish();
      const [seen] = drain(consumer);
      if (seen?.text === text) read++;
    }
    t.equal(read, 200, `frames of 32 and ${32 + step} bytes`);
  }
});

t.test('positions pass 2^32', async t => {
  const memory = createRing(512);
  const words = new Int32Array(memory);
  words[128 / 4] = -128;
  words[256 / 4] = -128;
  const producer = new RingProducer(memory);
  const consumer = new RingConsumer(memory);
  for (let round = 0; round < 20; round++) {
    t.ok(put(producer, `round ${round}`));
    producer.publish();
    t.equal(drain(consumer)[0]?.text, `round ${round}`);
  }
  t.ok((words[128 / 4] ?? 0) > 0, 'the position went through 0');
});

t.test('a frame of an eighth of the ring is taken, a larger one is an error that names the bound', async t => {
  const producer = new RingProducer(createRing(4096));
  t.equal(producer.payloadSizeMax, 480);
  t.ok(producer.tryClaim(1, 0, 0, 480) > 0);
  t.throws(() => producer.tryClaim(1, 0, 0, 481), { code: 'HR_FRAME_TOO_LONG', details: { payloadSizeMax: 480 } });
});

t.test('a frame whose visitor throws counts as read, the others stay', async t => {
  const memory = createRing(1024);
  const producer = new RingProducer(memory);
  const consumer = new RingConsumer(memory);
  for (const text of ['one', 'two', 'three']) put(producer, text);
  producer.publish();
  let visits = 0;
  t.throws(() =>
    consumer.poll(() => {
      if (++visits === 2) throw new Error('poison');
    }, 10),
  );
  t.strictSame(
    drain(consumer).map(frame => frame.text),
    ['three'],
  );
});

t.test('an end opened again continues where the last one was', async t => {
  const memory = createRing(1024);
  const first = new RingProducer(memory);
  put(first, 'published');
  first.publish();
  put(first, 'claimed only');
  const second = new RingProducer(memory);
  put(second, 'after');
  second.publish();
  t.equal(drain(new RingConsumer(memory), 1)[0]?.text, 'published');
  t.strictSame(
    drain(new RingConsumer(memory)).map(frame => frame.text),
    ['after'],
    'an unpublished claim is forgotten',
  );
});

t.test('only memory of createRing is opened, and only powers of two are made', async t => {
  t.throws(() => new RingProducer(new SharedArrayBuffer(4096)), { code: 'HR_INVARIANT' });
  t.throws(() => new RingConsumer(new SharedArrayBuffer(0)), { code: 'HR_INVARIANT' });
  for (const sizeBytes of [0, 256, 1000, 2 ** 31, Number.NaN])
    t.throws(() => createRing(sizeBytes), { code: 'HR_INVARIANT' });
});

t.test('the C++ headers have the same offsets and states', async t => {
  const numbersOf = (file: string): Record<string, number> => {
    const text = readFileSync(join(projectRoot, 'native', 'ring', file), 'utf8');
    return Object.fromEntries(
      [...text.matchAll(/\bk(\w+) = (0x\w+|\d+)/g)].map(([, name, value]) => [name, Number(value)]),
    );
  };
  t.match(numbersOf('spsc-ring.h'), {
    RingMagic: RING_MAGIC,
    Magic: RING.magic,
    Capacity: RING.capacity,
    Produced: RING.produced,
    Consumed: RING.consumed,
    Frames: RING.frames,
    HeaderSize: FRAME_HEADER_SIZE,
    LengthAt: FRAME.length,
    TypeAt: FRAME.type,
    TopicAt: FRAME.topic,
    SourceAt: FRAME.source,
    PaddingType: FRAME_TYPE.padding,
  });
  t.match(numbersOf('doorbell.h'), {
    DoorbellState: DOORBELL.state,
    DoorbellSize: DOORBELL.size,
    Awake: DOORBELL_STATE.awake,
    Asleep: DOORBELL_STATE.asleep,
    Rung: DOORBELL_STATE.rung,
  });
});
