import t from 'tap';

import {
  DECISION,
  DECISION_PAIR_SIZE,
  DECISION_SIZE,
  EXECUTION,
  EXECUTION_EFFECT,
  EXECUTION_FLAG,
  EXECUTION_KIND,
  FRAME_TYPE,
  NAME_KIND,
  NO_INDEX,
  ORDER,
  ORDER_FLAG,
  QUOTE,
  RULE_BIT,
  TOPICS,
  type RowLayout,
  type TopicName,
} from '../../src/model/index.js';
import { createRender, Names, OffsetFile, topicMessage, type SinkFrame } from '../../src/publish/index.js';
import { refusalText } from '../../src/risk/index.js';
import { FakeLog } from '../support/fake-log.js';

const TIME_NS = 1_795_000_000_123_456_789n;

function frame(type: number, topic: TopicName, payload: Uint8Array, sequence = 7): SinkFrame {
  return { sequence, timeNs: TIME_NS, type, topic: TOPICS.indexOf(topic), source: 3, payload };
}

/** Writes a row from values by field; the widths come from the layout. */
function row(layout: RowLayout<string>, values: Record<string, bigint | number | string>): Buffer {
  const bytes = Buffer.alloc(layout.sizeBytes);
  for (const field of layout.fields) {
    const value = values[field.name];
    if (value === undefined) continue;
    if (typeof value === 'string') bytes.writeUInt8(bytes.write(value, field.offset + 1, 'latin1'), field.offset);
    else if (field.size === 8) bytes.writeBigInt64LE(BigInt(value), field.offset);
    else bytes.writeUIntLE(Number(value), field.offset, field.size);
  }
  return bytes;
}

function intern(kind: number, index: number, name: string): Buffer {
  const payload = Buffer.alloc(8 + name.length);
  payload.writeUInt32LE(kind, 0);
  payload.writeUInt32LE(index, 4);
  payload.write(name, 8, 'latin1');
  return payload;
}

const NAMES: readonly [number, number, string][] = [
  [NAME_KIND.account, 4, 'ACC00004'],
  [NAME_KIND.symbol, 9, 'IBM'],
];

function createTestRender() {
  const render = createRender({ names: new Names(), refusalText });
  for (const [kind, index, name] of NAMES)
    t.equal(render(frame(FRAME_TYPE.intern, '', intern(kind, index, name))), undefined, 'an intern frame has no topic');
  return render;
}

const ORDER_VALUES = {
  accountIndex: 4,
  symbolIndex: 9,
  msgType: 0x44,
  side: 0x31,
  ordType: 0x32,
  timeInForce: 0x30,
  quantity: 10_000n * 10n ** 8n,
  price: 12_050_000_000n,
  flags: ORDER_FLAG.hasPrice | ORDER_FLAG.hasAccount,
  clOrdId: 'C-1',
  sourceSequence: 6n,
};

t.test('an accepted order is rendered under its FIX names, its money as decimal text', async t => {
  const payload = Buffer.concat([row(ORDER, ORDER_VALUES), Buffer.alloc(DECISION_SIZE)]);
  const rendered = createTestRender()(frame(FRAME_TYPE.decision, 'orders.accepted', payload));
  t.equal(rendered?.topic, 'orders.accepted');
  t.equal(rendered?.items[0]?.key, 'ACC00004', 'records of one account keep their order');
  t.strictSame(JSON.parse(rendered?.items[0]?.data ?? ''), {
    verdict: 'accepted',
    time: '2026-11-18T11:06:40.123456789Z',
    msgType: 'D',
    clOrdId: 'C-1',
    account: 'ACC00004',
    symbol: 'IBM',
    side: '1',
    ordType: '2',
    timeInForce: '0',
    quantity: '10000',
    price: '120.5',
    limitVersion: 0,
    sourceSequence: 6,
  });
});

t.test('a refused order names its rules, and the text is the gate’s', async t => {
  const decision = Buffer.alloc(DECISION_SIZE);
  const pair = DECISION.sizeBytes + RULE_BIT.maxNotional * DECISION_PAIR_SIZE;
  decision.writeUInt32LE(1 << RULE_BIT.maxNotional, DECISION.offset.failedMask);
  decision.writeBigInt64LE(120_500_000n, pair);
  decision.writeBigInt64LE(100_000_000n, pair + 8);
  const order = row(ORDER, { ...ORDER_VALUES, accountIndex: NO_INDEX, flags: 0 });
  const rendered = createTestRender()(frame(FRAME_TYPE.decision, 'orders.refused', Buffer.concat([order, decision])));
  const data = JSON.parse(rendered?.items[0]?.data ?? '');
  t.match(data, { verdict: 'refused', rules: ['maxNotional'], text: 'maxNotional: 1205000.00 > 1000000.00' });
  t.notOk('account' in data || 'price' in data, 'what an order does not have is left out');
});

t.test('an execution tells where its order stands', async t => {
  const effect = row(EXECUTION_EFFECT, {
    venueId: 5n,
    kind: EXECUTION_KIND.report,
    accountIndex: 4,
    symbolIndex: 9,
    quantity: 10n ** 8n,
    openQuantity: 0n,
  });
  const report = row(EXECUTION, {
    execType: 0x46,
    ordStatus: 0x32,
    lastQty: 10n ** 8n,
    lastPx: 150_000_000n,
    clOrdId: 'C-1',
  });
  const rendered = createTestRender()(frame(FRAME_TYPE.execution, 'executions', Buffer.concat([effect, report])));
  t.match(JSON.parse(rendered?.items[0]?.data ?? ''), {
    kind: 'report',
    account: 'ACC00004',
    symbol: 'IBM',
    execType: 'F',
    ordStatus: '2',
    lastQty: '1',
    lastPx: '1.5',
    clOrdId: 'C-1',
    orderSequence: 5,
    inexact: undefined,
  });
  report.writeUInt32LE(EXECUTION_FLAG.execIdShortened | EXECUTION_FLAG.lastPxRounded, EXECUTION.offset.flags);
  const whole = Buffer.concat([effect, report]);
  for (const [payload, inexact] of [
    [whole, ['execId', 'lastPx']],
    [whole.subarray(0, -8), undefined],
  ] as const) {
    const item = createTestRender()(frame(FRAME_TYPE.execution, 'executions', payload))?.items[0];
    t.strictSame((JSON.parse(item?.data ?? '') as { inexact?: string[] }).inexact, inexact);
  }
});

t.test('a frame of quotes is one message with an array, each quote keyed by its symbol', async t => {
  const quote = (symbol: string, last: bigint) => row(QUOTE, { symbol, last, feedTimeNs: TIME_NS });
  const payload = Buffer.concat([quote('IBM', 12_050_000_000n), quote('SAP', -5n)]);
  const rendered = createTestRender()(frame(FRAME_TYPE.quotes, 'quotes', payload));
  t.strictSame(
    rendered?.items.map(item => item.key),
    ['IBM', 'SAP'],
  );
  const message = JSON.parse(topicMessage(rendered as NonNullable<typeof rendered>));
  t.match(message, { topic: 'quotes', position: 7, data: [{ symbol: 'IBM', last: '120.5' }, { last: '-0.00000005' }] });
});

t.test('a dead letter keeps the bytes of its record as hex and says why', async t => {
  const reason = Buffer.from('CheckSum (10) is not correct');
  const payload = Buffer.concat([Buffer.from([reason.length, 0]), reason, Buffer.from([0x38, 0x3d, 0x01])]);
  const rendered = createTestRender()(frame(FRAME_TYPE.deadLetter, 'dead-letter', payload));
  t.match(JSON.parse(rendered?.items[0]?.data ?? ''), {
    reason: 'CheckSum (10) is not correct',
    hex: '383d01',
    source: 3,
  });
});

t.test(
  'a reader anywhere in the log knows the names it had at the start, and those written since up to its end',
  async t => {
    const log = new FakeLog();
    log.start = { nextSequence: 1, names: { accounts: ['ACC00000', 'ACC00001'], symbols: ['SAP'] } };
    for (const [kind, index, name] of NAMES) {
      log.append('', '', FRAME_TYPE.intern);
      const last = log.frames.length - 1;
      log.frames[last] = { ...(log.frames[last] as SinkFrame), payload: intern(kind, index, name) };
    }
    for (let n = 0; n < 100; n++) log.append('executions', 'A x');
    log.append('', '', FRAME_TYPE.intern);
    log.frames[log.frames.length - 1] = { ...(log.frames.at(-1) as SinkFrame), payload: intern(1, 7, 'WRITTEN-AGAIN') };
    const names = new Names();
    names.foldToEnd(log);
    t.equal(names.account(1), 'ACC00001');
    t.equal(names.symbol(0), 'SAP');
    t.equal(names.account(7), 'WRITTEN-AGAIN', 'ahead of where the reader begins');
    t.equal(names.account(4), 'ACC00004');
    t.equal(names.symbol(9), 'IBM');
    t.equal(names.account(5), undefined);
    t.equal(log.openReaders, 0, 'the reader is closed again');
  },
);

t.test('a reader keeps its place in a small file, and a damaged one is named', async t => {
  const folder = t.testdir({});
  const offset = new OffsetFile(folder, 'kafka', 'ledger');
  t.equal(offset.load(), undefined, 'nothing was sent yet');
  offset.save(12_345);
  t.equal(new OffsetFile(folder, 'kafka', 'ledger').load(), 12_345);
  t.equal(new OffsetFile(folder, 'kafka', 'feed').load(), undefined, 'each log has its own');
  t.equal(offset.rewindTo(20_000), 0, 'a log that goes on beyond it changes nothing');
  t.equal(offset.rewindTo(12_001), 344, 'a log that ends before it takes it back there');
  t.equal(offset.load(), 12_001);
  const damaged = new OffsetFile(t.testdir({ 'kafka.ledger.json': '{"version":1,"position":-1}' }), 'kafka', 'ledger');
  t.throws(() => damaged.load(), {
    code: 'HR_OFFSET_DAMAGED',
    message: /kafka\.ledger\.json does not hold a position/,
  });
});
