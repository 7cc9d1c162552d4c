import t from 'tap';

import { crc32c } from '../../src/journal/crc32c.js';
import { FrameBuffer } from '../../src/journal/frame-buffer.js';
import { loadCrate } from '../../src/native/index.js';

function twin(bytes: Uint8Array): number {
  const buffer = FrameBuffer.ofSize((bytes.length + 7) & ~7);
  buffer.bytes.set(bytes);
  return crc32c(buffer.words, buffer.bytes, 0, bytes.length) >>> 0;
}

t.test('CRC-32C has the check values of RFC 3720, appendix B.4', async t => {
  t.equal(twin(Buffer.from('123456789')), 0xe3069283);
  t.equal(twin(new Uint8Array(32)), 0x8a9136aa);
  t.equal(twin(new Uint8Array(32).fill(0xff)), 0x62a8ab43);
  t.equal(twin(Uint8Array.from({ length: 32 }, (_, index) => index)), 0x46dd794e);
  t.equal(twin(Uint8Array.from({ length: 32 }, (_, index) => 31 - index)), 0x113fdb5c);
});

const crate = loadCrate('prefer');

t.test('the crate and the twin agree on every length to 200', { skip: crate === undefined }, async t => {
  const bytes = Uint8Array.from({ length: 200 }, (_, index) => (index * 73 + 11) & 255);
  const differ = Array.from(bytes.keys()).filter(length => {
    const part = bytes.slice(0, length);
    return twin(part) !== crate?.crc32c(part);
  });
  t.same(differ, []);
});
