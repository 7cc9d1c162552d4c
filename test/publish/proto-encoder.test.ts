import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import t, { type Test } from 'tap';

import type { BrokerRecord } from '../../src/broker/index.js';
import { chooseRecord, compileCopybook, protoOf, type Layout } from '../../src/codec/index.js';
import { createCounters, openLog } from '../../src/observe/index.js';
import { BrokerSink, OffsetFile, openProtoEncoder, SINK_COUNTERS, type Render } from '../../src/publish/index.js';
import { decodeRecords } from '../support/decoded-lines.js';
import { FakeLog } from '../support/fake-log.js';
import { PypiPackages } from '../support/pypi.js';
import { eventually, needs } from '../support/servers.js';

const TRADE = `
       01 TRADE.
         05 TRADE-ID PIC X(4).
         05 NOTIONAL PIC S9(3)V99.
         05 BIG PIC 9(17)V99.
         05 LONG-ID PIC 9(18).
         05 LEGS OCCURS 2.
           10 RATE PIC V99 OCCURS 2.
         05 GRID OCCURS 2.
           10 CELLS OCCURS 2.
             15 CELL PIC 9.
         05 FILLER OCCURS 2.
           10 PAIR PIC 9 OCCURS 2.
         05 KEY-TEXT PIC X(4).
         05 KEY-NUMBER REDEFINES KEY-TEXT PIC 9(4).
`;
const RECORD = 'AB  ' + '1234u' + '1234567890123456789' + '123456789012345678' + '01020304' + '1234' + '5678' + 'ab"d';

const layout = (): Layout => chooseRecord(compileCopybook(TRADE, { file: 'x.cpy', codePage: 'ascii' }), undefined);

function protoFile(t: Test): string {
  const file = join(t.testdir({}), 'trade.proto');
  writeFileSync(file, protoOf([layout()], { columns: () => ({}), about: ['a test'], earlier: '' }));
  return file;
}

function line(): string {
  const [decoded] = decodeRecords(layout(), [Buffer.from(RECORD, 'latin1')]);
  return (decoded as { line: string }).line;
}

t.test('a line of decode becomes the message of its copybook, with every digit', async t => {
  const proto = protoFile(t);
  const bytes = openProtoEncoder({ proto, message: 'Trade' })(line());
  const type = new protobuf.Root().loadSync(proto, { keepCase: true }).lookupType('Trade');
  t.strictSame(type.toObject(type.decode(bytes), { longs: String, arrays: true }), {
    trade_id: 'AB',
    notional: { units: '-12345', scale: 2 },
    big: '12345678901234567.89',
    long_id: '123456789012345678',
    legs: [
      {
        rate: [
          { units: '1', scale: 2 },
          { units: '2', scale: 2 },
        ],
      },
      {
        rate: [
          { units: '3', scale: 2 },
          { units: '4', scale: 2 },
        ],
      },
    ],
    grid: [{ cells: [{ cell: 1 }, { cell: 2 }] }, { cells: [{ cell: 3 }, { cell: 4 }] }],
    pair: [{ value: [5, 6] }, { value: [7, 8] }],
    key_text: 'ab"d',
  });
});

t.test('what does not fit the message is refused with its member', async t => {
  const encode = openProtoEncoder({ proto: protoFile(t), message: 'Trade' });
  const refused = (json: string, message: RegExp): unknown =>
    t.throws(() => encode(json), { name: 'PublishError', message });
  refused('[1]', /^Trade is a JSON object$/);
  refused('{"OTHER":1}', /^OTHER is no field of Trade$/);
  refused('{"TRADE-ID":', /^the record is no JSON$/);
  refused('{"KEY-NUMBER":-1}', /^key_number: -1 is no uint32$/);
  refused('{"KEY-NUMBER":4294967296}', /^key_number: 4294967296 is no uint32$/);
  refused('{"LONG-ID":1.5}', /^long_id: 1\.5 is no uint64$/);
  refused('{"NOTIONAL":99999999999999999999.99}', /is no decimal of 18 digits$/);
  refused('{"LEGS":{}}', /^legs is a JSON array$/);
  t.equal(encode('{"$raw":"00","KEY-NUMBER":null}').length, 0, 'null is absent, and $ members are not of the record');
});

t.test('a message that is not in the file, and a file that is none, are named', async t => {
  const proto = protoFile(t);
  t.throws(() => openProtoEncoder({ proto, message: 'Order' }), {
    code: 'HR_PROTO',
    message: `${proto} has no message Order; it has Decimal, Trade`,
  });
  writeFileSync(proto, 'message {');
  t.throws(() => openProtoEncoder({ proto, message: 'Trade' }), { code: 'HR_PROTO' });
  t.throws(() => openProtoEncoder({ proto: `${proto}.none`, message: 'Trade' }), { code: 'HR_PROTO' });
});

const PROTOC = [
  'import sys, os',
  'from grpc_tools import protoc',
  'folder = os.path.dirname(sys.argv[1])',
  "sys.exit(protoc.main(['protoc', '-I' + folder, '--python_out=' + folder, sys.argv[1]]))",
].join('\n');
const protoc = new PypiPackages('protoc', ['grpcio-tools==1.85.1']);

t.test('protoc takes the file', needs(protoc.missing()), async t => {
  const { status, stderr } = protoc.python(['-c', PROTOC, protoFile(t)]);
  t.equal(status, 0, stderr);
});

t.test('a sink sends the records of a topic as its message, and one that does not fit as a dead letter', async t => {
  const sent: BrokerRecord[] = [];
  const connection = {
    publishBatch: async (records: readonly BrokerRecord[]) => void sent.push(...records),
    close: async () => {},
  };
  const proto = protoFile(t);
  const encode = openProtoEncoder({ proto, message: 'Trade' });
  const ledger = new FakeLog();
  const render: Render = frame => ({
    topic: 'application',
    position: frame.sequence,
    timeMs: 0,
    items: [{ key: '', conflateBy: '', data: Buffer.from(frame.payload).toString() }],
    isBatch: false,
  });
  const counters = createCounters(SINK_COUNTERS);
  const bounds = { lingerMs: 2, batchBytes: 524_288, batchRecords: 5_000, retryMsMax: 50 };
  const offset = new OffsetFile(t.testdir({}), 'test', ledger.name);
  const encodings = new Map([['application', encode]]);
  const log = openLog('test', { level: 'silent' });
  const sink = new BrokerSink({
    source: ledger,
    render,
    only: undefined,
    encodings,
    connection,
    offset,
    bounds,
    counters,
    log,
  });
  for (const text of [line(), '{"OTHER":1}']) ledger.append('application', text);
  sink.wake();
  await eventually('both are sent', () => counters.snapshot().published === 2);
  await sink.close(1_000);
  t.strictSame(sent[0]?.bytes, encode(line()));
  t.equal(sent[1]?.topic, 'dead-letter');
  t.match(JSON.parse(sent[1]?.value ?? ''), {
    topic: 'application',
    position: 2,
    reason: 'OTHER is no field of Trade',
  });
  t.equal(counters.snapshot().deadLettered, 1);
});
