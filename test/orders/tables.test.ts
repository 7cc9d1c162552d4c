import t from 'tap';

import { EXECUTION } from '../../src/model/index.js';
import { BookedFills } from '../../src/orders/booked-fills.js';
import { EarlierIds } from '../../src/orders/earlier-ids.js';
import { ORDER_STATE, setText } from '../../src/orders/order-row.js';
import { NO_SLOT, OrderTable } from '../../src/orders/order-table.js';
import { Outbox } from '../../src/orders/outbox.js';
import { decodeLaneSnapshot, encodeLaneSnapshot } from '../../src/orders/snapshot.js';
import { packTable, unpackTable } from '../../src/orders/sparse-table.js';
import { SentIndex } from '../../src/orders/sent-index.js';

function place(table: OrderTable, clOrdId: string, venueId: number): number {
  const slot = table.allocate();
  if (slot === NO_SLOT) return slot;
  const row = table.row.at(slot);
  row.setU32('sessionIndex', 1);
  row.setText('clOrdId', clOrdId);
  row.setSequence('venueId', venueId);
  row.setSequence('firstVenueId', venueId);
  row.setU8('state', ORDER_STATE.sent);
  table.index(slot);
  return slot;
}

t.test('an order is found by its client id and by its venue number', async t => {
  const table = new OrderTable(4);
  const slot = place(table, 'A1', 77);
  t.equal(table.findClient(1, 'A1'), slot);
  t.equal(table.findVenue(77), slot);
  t.equal(table.findClient(2, 'A1'), NO_SLOT, 'another session has its own ids');
  t.equal(table.findVenue(78), NO_SLOT);
});

t.test('a table of 3 refuses a fourth live order, and reuses the row that finished first', async t => {
  const table = new OrderTable(3);
  const slots = ['A', 'B', 'C'].map((id, index) => place(table, id, index + 1));
  t.notOk(table.hasRoom);
  t.equal(table.allocate(), NO_SLOT);
  table.finish(slots[1] as number, ORDER_STATE.filled, 5);
  table.finish(slots[0] as number, ORDER_STATE.canceled, 6);
  t.equal(table.findClient(1, 'B'), slots[1], 'a finished order is found until its row is needed');
  t.equal(place(table, 'D', 4), slots[1]);
  t.equal(table.findClient(1, 'B'), NO_SLOT);
  t.equal(table.findClient(1, 'A'), slots[0]);
  t.strictSame([...table.liveSlots()].sort(), [slots[1], slots[2]].sort());
});

t.test('a saved table restores ids, live count and the order of reuse', async t => {
  const table = new OrderTable(4);
  const slots = ['A', 'B', 'C'].map((id, index) => place(table, id, index + 1));
  for (const [slot, sequence] of [
    [slots[2], 10],
    [slots[0], 11],
  ] as const) {
    table.finish(slot as number, ORDER_STATE.filled, sequence);
  }
  const restored = new OrderTable(4);
  restored.restore(table.save(), table.saveEarlierIds());
  t.equal(restored.live, 1);
  t.equal(restored.findVenue(2), slots[1]);
  place(restored, 'D', 20);
  t.equal(place(restored, 'E', 21), slots[2], 'C finished first');
  t.equal(place(restored, 'F', 22), slots[0]);
});

t.test('rows are reused 1,000 times without growing', async t => {
  const table = new OrderTable(2);
  for (let index = 1; index <= 1000; index++) {
    const slot = place(table, `id${index}`, index);
    t.not(slot, NO_SLOT);
    table.finish(slot, ORDER_STATE.filled, index);
  }
  t.equal(table.live, 0);
  t.equal(table.findVenue(1000) >= 0, true);
  t.equal(table.findVenue(998), NO_SLOT);
});

t.test('an outbox lets go of what is committed and holds the rest', async t => {
  const outbox = new Outbox();
  const bytes = (text: string): Uint8Array => Buffer.from(text);
  outbox.add(bytes('one'), 5);
  outbox.add(bytes('two'), 5);
  outbox.add(bytes('three'), 9);
  t.equal(outbox.take(4).length, 0);
  t.equal(Buffer.from(outbox.take(8)).toString(), 'onetwo');
  t.equal(Buffer.from(outbox.take(9)).toString(), 'three');
  t.ok(outbox.isEmpty);
});

t.test('an order without a committed approval does not leave', async t => {
  const outbox = new Outbox();
  outbox.addOrder(Buffer.from('order'), 5, { msgSeqNum: 2, approvedBy: 0, slot: 0, msgType: 'D' });
  t.throws(() => outbox.take(5), { code: 'HR_UNAPPROVED_ORDER' });
});

t.test('a held order is taken out and the bytes around it stay', async t => {
  const outbox = new Outbox();
  outbox.add(Buffer.from('before|'), 1);
  outbox.addOrder(Buffer.from('order-one|'), 2, { msgSeqNum: 2, approvedBy: 1, slot: 0, msgType: 'D' });
  outbox.addOrder(Buffer.from('order-two|'), 3, { msgSeqNum: 3, approvedBy: 1, slot: 1, msgType: 'D' });
  outbox.add(Buffer.from('after'), 4);
  const replace = (msgSeqNum: number, text: string): number[] =>
    outbox
      .replaceOrders(order => (order.msgSeqNum === msgSeqNum ? Buffer.from(text) : undefined))
      .map(order => order.msgSeqNum);
  t.same(replace(2, 'a much longer gap fill|'), [2]);
  t.same(replace(2, 'again|'), [], 'it is held no more');
  t.same(replace(3, 'gf|'), [3]);
  t.equal(Buffer.from(outbox.take(2)).toString(), 'before|a much longer gap fill|');
  t.equal(Buffer.from(outbox.take(4)).toString(), 'gf|after');
});

t.test('of 100,000 held orders each second one is taken out in one pass', async t => {
  const outbox = new Outbox();
  for (let index = 0; index < 100_000; index++) {
    outbox.add(Buffer.from(`m${index}|`), index + 1);
    const order = { msgSeqNum: index, approvedBy: 1, slot: index, msgType: 'D' };
    outbox.addOrder(Buffer.from(`an order of some length ${index}|`), index + 1, order);
  }
  const taken = outbox.replaceOrders(({ slot }) => (slot % 2 === 0 ? Buffer.from(`gap fill ${slot}|`) : undefined));
  t.equal(taken.length, 50_000);
  const first = 'm0|gap fill 0|m1|an order of some length 1|m2|gap fill 2|';
  t.equal(Buffer.from(outbox.take(3)).toString(), first);
  t.same(
    outbox.replaceOrders(({ slot }) => (slot === 3 ? Buffer.from('3|') : undefined)).map(order => order.slot),
    [3],
  );
  t.equal(Buffer.from(outbox.take(4)).toString(), 'm3|3|');
  const rest = Buffer.from(outbox.take(100_000)).toString().split('|');
  t.same([rest.length, rest[0], rest.at(-2)], [2 * 99_996 + 1, 'm4', 'an order of some length 99999']);
});

t.test('sent messages are found by number, the newest 4 of them', async t => {
  const sent = new SentIndex(4);
  for (let number = 1; number <= 6; number++) sent.record(number, number * 10);
  t.equal(sent.sequenceOf(6), 60);
  t.equal(sent.sequenceOf(3), 30);
  t.equal(sent.sequenceOf(2), 0, 'no longer held');
  t.equal(sent.sequenceOf(7), 0, 'never sent');
  const restored = new SentIndex(4);
  restored.restore(sent.save());
  t.equal(restored.sequenceOf(4), 40);
  t.equal(restored.sequenceOf(6), 60);
  sent.record(1, 99);
  t.equal(sent.sequenceOf(1), 99, 'numbers start anew after a reset');
  t.equal(sent.sequenceOf(4), 0);
});

t.test('with room for two earlier ids, one kept twice drives neither out', async t => {
  const earlier = new EarlierIds(2);
  for (const venueId of [1, 2, 2]) earlier.keep(venueId, venueId * 10);
  t.strictSame(
    [1, 2].map(venueId => earlier.find(venueId)),
    [10, 20],
  );
  earlier.keep(3, 30);
  t.strictSame(
    [1, 2, 3].map(venueId => earlier.find(venueId)),
    [undefined, 20, 30],
  );
});

t.test('of a pending request whose id has left the row none is kept', async t => {
  const table = new OrderTable(1);
  const slot = place(table, 'A', 7);
  table.keepPendingId(slot);
  t.strictSame([...table.saveEarlierIds()], []);
  t.equal(table.findVenue(0), NO_SLOT);
});

/** The key of a fill in `fills`. */
function keyOf(fills: BookedFills, firstVenueId: number, execId: string): number {
  const execution = new Uint8Array(EXECUTION.sizeBytes);
  setText(execution, EXECUTION.offset.execId, execId);
  return fills.keyOf(firstVenueId, execution);
}

t.test('a booked fill is found by its order and its ExecID', async t => {
  const fills = new BookedFills(100);
  fills.keep(keyOf(fills, 7, 'E1'));
  t.ok(fills.has(keyOf(fills, 7, 'E1')));
  t.notOk(fills.has(keyOf(fills, 7, 'E2')));
  t.notOk(fills.has(keyOf(fills, 8, 'E1')), 'another order may have it too');
  t.notOk(fills.has(keyOf(fills, 7 + 2 ** 32, 'E1')));
});

t.test('a full bucket of booked fills forgets its oldest, and a restored one goes on so', async t => {
  const fills = new BookedFills(1);
  const keys = Array.from({ length: 10 }, (_, index) => keyOf(fills, 7, `E${index}`));
  for (const key of [...keys.slice(0, 9), keys[8]!]) fills.keep(key);
  const restored = new BookedFills(1);
  restored.restore(fills.save());
  t.strictSame(restored.save(), fills.save());
  for (const table of [fills, restored]) {
    t.strictSame(
      keys.map(key => table.has(key)),
      [false, true, true, true, true, true, true, true, true, false],
    );
    table.keep(keys[9]!);
    t.notOk(table.has(keys[1]!));
    t.ok(table.has(keys[2]!) && table.has(keys[9]!));
  }
  const larger = new BookedFills(1_000);
  larger.restore(fills.save());
  t.ok(
    keys.slice(2).every(key => larger.has(key)),
    'a table of another size takes them too',
  );
});

t.test('10,000 fills of 5,000 orders leave the newest 1,000 of them found', async t => {
  const fills = new BookedFills(5_000);
  for (let fill = 0; fill < 10_000; fill++) fills.keep(keyOf(fills, fill >> 1, `E${fill}`));
  for (let fill = 9_000; fill < 10_000; fill++)
    if (!fills.has(keyOf(fills, fill >> 1, `E${fill}`))) t.fail(`fill ${fill} is forgotten`);
});

t.test('a table of 1 MB with 3 bytes in it packs to 3 pages and comes back byte for byte', async t => {
  for (const size of [1_000_000, 4_096, 1, 0]) {
    const table = new Uint8Array(size);
    for (const at of [0, 500_000, 999_999]) if (at < size) table[at] = 7;
    const packed = packTable(table);
    t.ok(packed.length <= 16 + 16 + 3 * 4_096);
    t.equal(Buffer.compare(unpackTable(packed), table), 0, `${size} bytes`);
  }
});

t.test('a snapshot of another version is none: the ledger is folded from its first frame', async t => {
  const facts = { sessions: [], loads: [], halts: [], limitsHash: 'ab', lastTimeNs: '7' };
  const written = (version: number): Buffer =>
    Buffer.concat(encodeLaneSnapshot({ ...facts, version: version as 4 }, { gate: new Uint8Array(8) }));
  t.match(decodeLaneSnapshot(written(4)), { facts: { limitsHash: 'ab' }, tables: { gate: new Uint8Array(8) } });
  for (const version of [1, 3, 5]) t.equal(decodeLaneSnapshot(written(version)), undefined);
});
