import t from 'tap';

import {
  FixBatch,
  FixEncoder,
  Int64Cell,
  NO_ROW,
  NameTable,
  OrderEncoder,
  formatFixDecimal,
  msgTypeCode,
  parseFixDecimal,
  parseUtcTimestamp,
  utcTimestampText,
  type FixBatchOptions,
} from '../../src/codec/index.js';
import { EXECUTION, EXECUTION_FLAG, NO_INDEX, ORDER, ORDER_FLAG, statusName } from '../../src/model/index.js';
import { loadAddon } from '../../src/native/index.js';

const addon = loadAddon('prefer');
const sides = [
  { side: 'twin', native: undefined },
  ...(addon === undefined ? [] : [{ side: 'native', native: addon }]),
] as const;

/** Bytes of a message written with | for SOH. */
function bytesOf(text: string): Buffer {
  return Buffer.from(text.replaceAll('|', '\x01'), 'latin1');
}

/** A whole message: BodyLength and CheckSum are put around `body`. */
function whole(body: string): string {
  return checked(`8=FIX.4.4|9=${body.length}|${body}`);
}

/** Puts the right CheckSum behind what stands before it. */
function checked(head: string): string {
  const sum = bytesOf(head).reduce((total, byte) => total + byte, 0);
  return `${head}10=${String(sum & 0xff).padStart(3, '0')}|`;
}

const HEARTBEAT = whole('35=0|49=A|56=B|34=1|52=20260102-03:04:05|');
const ORDER_BODY =
  '35=D|49=A|56=B|34=2|52=20260102-03:04:05.678|11=C-1|1=ACC|55=IBM|54=1|38=100|40=2|44=12.5|59=0|60=20260102-03:04:05.678|';

function scanAll(batch: FixBatch, text: string): { names: string[]; consumed: number } {
  const bytes = bytesOf(text);
  const names: string[] = [];
  let from = 0;
  for (let count = batch.scan(bytes, from, bytes.length); count > 0; count = batch.scan(bytes, from, bytes.length)) {
    for (let index = 0; index < count; index++) names.push(statusName(batch.statusOf(index)));
    from = batch.consumed;
  }
  return { names, consumed: batch.consumed };
}

/** What a stretch of bytes frames as: the statuses, and what is left unconsumed. */
const FRAMES: readonly [title: string, text: string, statuses: string, left: string, options?: FixBatchOptions][] = [
  ['one message', HEARTBEAT, 'ok', ''],
  ['three messages', HEARTBEAT.repeat(3), 'ok ok ok', ''],
  ['nothing of nothing', '', '', ''],
  ['garbage before a message is skipped', `garbage|108=30|${HEARTBEAT}`, 'ok', ''],
  ['garbage alone is consumed', 'garbage|10=1|', '', ''],
  ['the beginning of a BeginString is kept', `${HEARTBEAT}8=FI`, 'ok', '8=FI'],
  ['an unfinished message is kept', `${HEARTBEAT}${HEARTBEAT.slice(0, -1)}`, 'ok', HEARTBEAT.slice(0, -1)],
  ['a head alone is kept', '8=FIX.4.4|9=5', '', '8=FIX.4.4|9=5'],
  ['BodyLength with leading zeros', checked(HEARTBEAT.replace('9=', '9=00').replace(/10=.*/, '')), 'ok', ''],
  ['wrong CheckSum', `${HEARTBEAT.replace(/10=.*/, '10=000|')}${HEARTBEAT}`, 'badCheckSum ok', ''],
  ['CheckSum of 256', `${HEARTBEAT.replace(/10=.*/, '10=256|')}${HEARTBEAT}`, 'badCheckSum ok', ''],
  ['CheckSum of one digit', `${HEARTBEAT.replace(/10=.*/, '10=0|')}${HEARTBEAT}`, 'badCheckSum ok', ''],
  ['CheckSum that is no number', `${HEARTBEAT.replace(/10=.*/, '10=1x3|')}${HEARTBEAT}`, 'badCheckSum ok', ''],
  ['BodyLength too short', `${HEARTBEAT.replace(/9=\d+/, '9=30')}${HEARTBEAT}`, 'badBodyLength ok', ''],
  [
    'BodyLength too long eats the next message',
    `${HEARTBEAT.replace(/9=\d+/, '9=50')}${HEARTBEAT.repeat(2)}`,
    'badBodyLength ok',
    '',
  ],
  [
    'BodyLength too long and no more bytes waits',
    HEARTBEAT.replace(/9=\d+/, '9=99'),
    '',
    HEARTBEAT.replace(/9=\d+/, '9=99'),
  ],
  ['BodyLength 0', `${checked('8=FIX.4.4|9=0|')}${HEARTBEAT}`, 'garbled ok', ''],
  ['BodyLength that is negative', `8=FIX.4.4|9=-5|35=0|10=000|${HEARTBEAT}`, 'badBodyLength ok', ''],
  ['BodyLength that is empty', `8=FIX.4.4|9=|35=0|10=000|${HEARTBEAT}`, 'badBodyLength ok', ''],
  ['BodyLength that is no number', `8=FIX.4.4|9=4x|35=0|10=000|${HEARTBEAT}`, 'badBodyLength ok', ''],
  ['BodyLength of ten digits', `8=FIX.4.4|9=1234567890|35=0|10=000|${HEARTBEAT}`, 'badBodyLength ok', ''],
  ['BodyLength beyond the bound', `8=FIX.4.4|9=999999999|35=0|10=000|${HEARTBEAT}`, 'tooLong ok', ''],
  ['a message of just the bound', HEARTBEAT, 'ok', '', { messageSizeMax: HEARTBEAT.length }],
  [
    'a message one byte over the bound',
    whole('35=0|49=A|56=B|34=1|52=20260102-03:04:05.123|'),
    'tooLong',
    '',
    { messageSizeMax: HEARTBEAT.length },
  ],
  [
    'no CheckSum within the bound',
    `8=FIX.4.4|9=5|35=0|${'58=x|'.repeat(20)}`,
    'tooLong',
    '',
    { messageSizeMax: HEARTBEAT.length },
  ],
  ['BodyLength that is not second', `8=FIX.4.4|35=0|9=5|10=000|${HEARTBEAT}`, 'garbled ok', ''],
  ['a BeginString without end', `8=FIX.4.4.4.4.4.4.4|9=5|35=0|10=000|${HEARTBEAT}`, 'garbled ok', ''],
  ['MsgType that is not third', `${whole('34=2|35=0|49=A|')}${HEARTBEAT}`, 'garbled ok', ''],
  ['MsgType first', `35=0|${checked('8=FIX.4.4|9=13|34=2|49=TW44|')}${HEARTBEAT}`, 'garbled ok', ''],
  ['a field without =', `${whole('35=0|garbled|49=A|')}${HEARTBEAT}`, 'garbled ok', ''],
  ['a tag with letters', `${whole('35=0|4garbled9=TW|')}${HEARTBEAT}`, 'badTag ok', ''],
  ['a tag with a leading zero', whole('35=0|049=A|'), 'badTag', ''],
  ['no tag', whole('35=0|=A|'), 'badTag', ''],
  ['no field between two SOH', whole('35=0||49=A|'), 'garbled', ''],
  ['a tag of ten digits', whole('35=0|1234567890=A|'), 'badTag', ''],
  ['a tag of nine digits', whole('35=0|123456789=A|'), 'ok', ''],
  ['tag 0 is left to the session', whole('35=0|0=HI|'), 'ok', ''],
  ['a negative tag is left to the session', whole('35=0|-1=HI|'), 'ok', ''],
  ['a tag of minus alone', whole('35=0|-=HI|'), 'badTag', ''],
  ['a tag of minus zero', whole('35=0|-0=HI|'), 'badTag', ''],
  ['a tag with a plus', whole('35=0|+1=HI|'), 'badTag', ''],
  ['an empty value is left to the session', whole('35=0|56=|'), 'ok', ''],
  ['= in a value', whole('35=0|58=a=b|'), 'ok', ''],
  ['raw data with SOH and a false trailer', whole('35=0|95=8|96=a|10=1|b|58=x|'), 'ok', ''],
  ['raw data of length 0', whole('35=0|95=0|96=|58=x|'), 'ok', ''],
  ['raw data shorter than told', whole('35=0|95=90|96=abc|'), 'garbled', ''],
  ['raw data longer than told', whole('35=0|95=2|96=abc|'), 'garbled', ''],
  ['raw data up to the trailer', whole('35=0|95=3|96=a|c|'), 'ok', ''],
  ['raw data over the trailer', whole('35=0|95=9|96=a|c|'), 'garbled', ''],
  ['raw data with a length that is no number', whole('35=0|95=x|96=abc|'), 'garbled', ''],
  ['a length that no data follows', whole('35=0|95=50|58=abc|'), 'ok', ''],
  ['data without a length', whole('35=0|96=abc|'), 'ok', ''],
  ['512 fields', whole(`35=0|${'58=x|'.repeat(508)}`), 'ok', ''],
  ['513 fields', `${whole(`35=0|${'58=x|'.repeat(509)}`)}${HEARTBEAT}`, 'tooManyFields ok', ''],
];

for (const { side, native } of sides) {
  t.test(`${side}: framing`, async t => {
    for (const [title, text, statuses, left, options] of FRAMES) {
      const { names, consumed } = scanAll(new FixBatch(native, options), text);
      t.equal(names.join(' '), statuses, title);
      t.equal(text.slice(consumed), left, `${title}: what is left`);
    }
  });

  t.test(`${side}: the fields of a message are its tags and values`, async t => {
    const batch = new FixBatch(native);
    const text = whole('35=AE|95=5|96=a|b=c|0=|-7=x|34=0012|43=Y|');
    const bytes = bytesOf(`xx${text}`);
    t.equal(batch.scan(bytes, 0, bytes.length), 1);
    const message = batch.select(0);
    const fields = Array.from({ length: message.fieldCount }, (_, index) => [
      message.tagAt(index),
      message.text(index),
    ]);
    t.strictSame(fields.slice(0, 1), [[8, 'FIX.4.4']]);
    t.strictSame(fields.slice(2, -1), [
      [35, 'AE'],
      [95, '5'],
      [96, 'a\x01b=c'],
      [0, ''],
      [-7, 'x'],
      [34, '0012'],
      [43, 'Y'],
    ]);
    t.equal(message.start, 2);
    t.equal(message.end, bytes.length);
    t.equal(message.msgType, 'AE');
    t.equal(batch.msgTypeOf(0), msgTypeCode('AE'));
    t.equal(message.integerOf(34), 12);
    t.ok(Number.isNaN(message.integerOf(35)));
    t.equal(message.textOf(999), undefined);
    t.equal(message.find(34), 7);
    t.equal(message.find(34, 8), -1);
    t.ok(message.isYes(message.find(43)));
    t.ok(message.equals(2, 'AE'));
    t.notOk(message.equals(2, 'A'));
  });

  t.test(`${side}: 300 messages are 256 and 44`, async t => {
    const batch = new FixBatch(native);
    const bytes = bytesOf(HEARTBEAT.repeat(300));
    t.equal(batch.scan(bytes, 0, bytes.length), 256);
    t.equal(batch.consumed, HEARTBEAT.length * 256);
    t.equal(batch.scan(bytes, batch.consumed, bytes.length), 44);
    t.equal(batch.scan(bytes, batch.consumed, bytes.length), 0);
  });

  t.test(`${side}: a chunk cut anywhere gives the same messages`, async t => {
    const text = `junk8=FIX.|${HEARTBEAT}${whole(ORDER_BODY)}8=FIX.4.4|9=x|8=FI${HEARTBEAT.replace(/10=.*/, '10=000|')}${HEARTBEAT}`;
    const expected = scanAll(new FixBatch(native), text).names;
    const bytes = bytesOf(text);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const batch = new FixBatch(native);
      const first = scanAll(batch, text.slice(0, cut));
      const second = scanAll(batch, text.slice(first.consumed));
      t.strictSame([...first.names, ...second.names], expected, `cut at ${cut}`);
    }
  });

  t.test(`${side}: a NewOrderSingle becomes an ORDER row`, async t => {
    const accounts = new NameTable({ capacity: 4 });
    const symbols = new NameTable({ capacity: 4, shared: true });
    symbols.internText('AAPL');
    t.equal(symbols.internText('IBM'), 1);
    const batch = new FixBatch(native, { names: { accounts, symbols } });
    batch.sessionIndex = 7;
    const text = whole(ORDER_BODY);
    const bytes = bytesOf(HEARTBEAT + text);
    t.equal(batch.scan(bytes, 0, bytes.length), 2);
    t.equal(batch.rowStatusOf(0), NO_ROW);
    t.equal(batch.rowStatusOf(1), 0);
    const row = Buffer.from(batch.rows.buffer, batch.rowOffset(1), ORDER.sizeBytes);
    const { offset } = ORDER;
    t.equal(row.readUInt32LE(offset.accountIndex), NO_INDEX, 'an account not in the table is for the gate to refuse');
    t.equal(row.readUInt32LE(offset.symbolIndex), 1);
    t.equal(row.readUInt32LE(offset.sessionIndex), 7);
    t.equal(row.toString('latin1', offset.msgType, offset.msgType + 4), 'D120');
    t.equal(row.readBigInt64LE(offset.quantity), 10000000000n);
    t.equal(row.readBigInt64LE(offset.price), 1250000000n);
    t.equal(row.readBigUInt64LE(offset.transactTimeNs), 1767323045678000000n);
    t.equal(row.readUInt32LE(offset.sourceLength), text.length);
    t.equal(row.readUInt32LE(offset.flags), ORDER_FLAG.hasPrice | ORDER_FLAG.hasAccount);
    t.equal(row.toString('latin1', offset.clOrdId, offset.clOrdId + 5), '\x03C-1\0');
  });

  t.test(`${side}: an order that lacks a field or carries it wrongly is refused by its tag`, async t => {
    const names = { accounts: new NameTable({ capacity: 1 }), symbols: new NameTable({ capacity: 1 }) };
    const replaced = (from: string, to: string): string => ORDER_BODY.replace(from, to);
    const cases: readonly [body: string, status: string, tag: number][] = [
      [replaced('11=C-1|', ''), 'missingTag', 11],
      [replaced('55=IBM|', ''), 'missingTag', 55],
      [replaced('38=100|', ''), 'missingTag', 38],
      [replaced('44=12.5|', ''), 'missingTag', 44],
      [replaced('40=2|44=12.5|', '40=1|'), 'ok', 0],
      [replaced('35=D', '35=G'), 'missingTag', 41],
      [replaced('35=D', '35=F').replace('38=100|', '41=C-0|'), 'ok', 0],
      [replaced('11=C-1', `11=${'x'.repeat(47)}`), 'ok', 0],
      [replaced('11=C-1', `11=${'x'.repeat(48)}`), 'tooLong', 11],
      [replaced('54=1', '54=10'), 'tooLong', 54],
      [replaced('54=1', '54='), 'emptyValue', 54],
      [replaced('38=100', '38=+100'), 'badNumber', 38],
      [replaced('38=100', '38=1e2'), 'badNumber', 38],
      [replaced('38=100', '38=92233720368.54775808'), 'overflow', 38],
      [replaced('44=12.5', '44=0.000000001'), 'scaleLoss', 44],
      [replaced('44=12.5', '44=-12.50000000000'), 'ok', 0],
      [replaced('60=20260102', '60=20260230'), 'badNumber', 60],
      [replaced('59=0|', '59=0|97=Y|'), 'ok', 0],
      [replaced('59=0|', '59=0|97=X|'), 'badNumber', 97],
      [replaced('59=0|', '59=0|59=999|'), 'ok', 0],
      [replaced('35=D', '35=\0D'), 'none', 0],
    ];
    for (const [body, status, tag] of cases) {
      const batch = new FixBatch(native, { names });
      const bytes = bytesOf(whole(body));
      t.equal(batch.scan(bytes, 0, bytes.length), 1);
      const found = batch.rowStatusOf(0) === NO_ROW ? 'none' : statusName(batch.rowStatusOf(0));
      t.strictSame([found, batch.rowTagOf(0)], [status, tag], body);
    }
  });

  t.test(`${side}: an ExecutionReport becomes an EXECUTION row`, async t => {
    const names = { accounts: new NameTable({ capacity: 1 }), symbols: new NameTable({ capacity: 1 }) };
    const body =
      '35=8|49=B|56=A|34=9|52=20260102-03:04:05|37=O-1|17=E-1|150=F|39=1|54=2|14=30|151=70|32=30|31=9.75|6=9.7512345678|11=C-2|41=C-1|60=20260102-03:04:05|';
    const batch = new FixBatch(native, { names });
    const bytes = bytesOf(whole(body) + whole(body.replace('17=E-1|', '')) + whole(body.replace('14=30', '14=x')));
    t.equal(batch.scan(bytes, 0, bytes.length), 3);
    const row = Buffer.from(batch.rows.buffer, batch.rowOffset(0), EXECUTION.sizeBytes);
    const { offset } = EXECUTION;
    t.equal(batch.rowStatusOf(0), 0);
    t.equal(row.toString('latin1', offset.execType, offset.execType + 4), 'F12\0');
    t.equal(row.readBigInt64LE(offset.cumQty), 3000000000n);
    t.equal(row.readBigInt64LE(offset.leavesQty), 7000000000n);
    t.equal(row.readBigInt64LE(offset.lastPx), 975000000n);
    t.equal(row.readBigInt64LE(offset.avgPx), 975123457n, 'further decimals of AvgPx are rounded away from zero');
    t.equal(row.readUInt32LE(offset.flags), EXECUTION_FLAG.avgPxRounded);
    t.equal(row.toString('latin1', offset.execId, offset.execId + 4), '\x03E-1');
    t.equal(row.toString('latin1', offset.origClOrdId, offset.origClOrdId + 4), '\x03C-1');
    t.strictSame([statusName(batch.rowStatusOf(1)), batch.rowTagOf(1)], ['missingTag', 17]);
    t.strictSame([statusName(batch.rowStatusOf(2)), batch.rowTagOf(2)], ['badNumber', 14]);
  });

  t.test(`${side}: a report's prices and ids fit its row whatever their text is, and its quantities must`, async t => {
    const names = { accounts: new NameTable({ capacity: 1 }), symbols: new NameTable({ capacity: 1 }) };
    const { lastPxRounded, avgPxRounded, orderIdShortened, execIdShortened } = EXECUTION_FLAG;
    const { offset } = EXECUTION;
    const rowOf = (change: readonly [from: string, to: string]): Buffer | string => {
      const body = '35=8|49=B|56=A|34=9|37=O|17=E|150=F|39=1|54=2|14=3|151=7|32=3|31=10|6=10|11=C|41=B|';
      const batch = new FixBatch(native, { names });
      const bytes = bytesOf(whole(body.replace(...change)));
      t.equal(batch.scan(bytes, 0, bytes.length), 1);
      const row = Buffer.from(batch.rows.slice(0, EXECUTION.sizeBytes).buffer);
      return batch.rowStatusOf(0) === 0 ? row : `${statusName(batch.rowStatusOf(0))} ${batch.rowTagOf(0)}`;
    };
    const prices: readonly [text: string, tag: 31 | 6, value: bigint, flags: number][] = [
      ['10.1234567891', 31, 1_012_345_679n, lastPxRounded],
      ['-10.1234567891', 31, -1_012_345_679n, lastPxRounded],
      ['-0.000000001', 31, -1n, lastPxRounded],
      ['42.949672950000', 31, 4_294_967_295n, 0],
      ['42.9496729500001', 31, 4_294_967_296n, lastPxRounded],
      ['92233720368.5477580600001', 31, 9_223_372_036_854_775_807n, lastPxRounded],
      ['10.1234567891', 6, 1_012_345_679n, avgPxRounded],
    ];
    for (const [text, tag, value, flags] of prices) {
      const row = rowOf([`|${tag}=10|`, `|${tag}=${text}|`]) as Buffer;
      t.equal(row.readBigInt64LE(tag === 31 ? offset.lastPx : offset.avgPx), value, `${tag}=${text} is ${value}`);
      t.equal(row.readUInt32LE(offset.flags), flags, `${tag}=${text} has the flags ${flags}`);
    }
    const refusals: readonly [from: string, to: string, result: string][] = [
      ['31=10', '31=92233720368.547758071', 'overflow 31'],
      ['31=10', '31=-92233720368.547758071', 'overflow 31'],
      ['31=10', '31=1.2e3', 'badNumber 31'],
      ['32=3', '32=3.000000001', 'scaleLoss 32'],
      ['14=3', '14=3.000000001', 'scaleLoss 14'],
      ['151=7', '151=7.000000001', 'scaleLoss 151'],
      ['11=C', `11=${'C'.repeat(48)}`, 'tooLong 11'],
    ];
    for (const [from, to, result] of refusals) t.equal(rowOf([from, to]), result, to);
    const exact = rowOf(['|32=3|', '|32=3.000000000000|']) as Buffer;
    t.equal(exact.readBigInt64LE(offset.lastQty), 300_000_000n, 'zeros behind the eighth decimal lose nothing');

    const long = 'EXEC-0123456789-0123456789-0123456789-0123456789-0123456789';
    // The hashes are those of a program of its own, in Python.
    const ids: readonly [tag: 37 | 17 | 41, text: string, kept: string, flags: number][] = [
      [17, long.slice(0, 47), long.slice(0, 47), 0],
      [17, long.slice(0, 48), 'EXEC-0123456789-0123456789-012~8d1a4df9abc09156', execIdShortened],
      [17, long, 'EXEC-0123456789-0123456789-012~ca5720aeb89df9be', execIdShortened],
      [37, long, 'EXEC-0123456789-0123456789-012~', orderIdShortened],
      [41, long, 'EXEC-0123456789-0123456789-012~', 0],
    ];
    for (const [tag, text, kept, flags] of ids) {
      const row = rowOf([`|${tag}=${{ 37: 'O', 17: 'E', 41: 'B' }[tag]}|`, `|${tag}=${text}|`]) as Buffer;
      const at = { 37: offset.orderId, 17: offset.execId, 41: offset.origClOrdId }[tag];
      t.equal(row[at], 47);
      t.equal(row.toString('latin1', at + 1, at + 1 + kept.length), kept, `${tag}=${text}`);
      t.match(row.toString('latin1', at + 1 + 30, at + 48), text.length > 47 ? /^~[0-9a-f]{16}$/ : /./);
      t.equal(row.readUInt32LE(offset.flags), flags);
    }
    const shortened = new Set<string>();
    for (let last = 0; last < 1_000; last++) {
      const row = rowOf(['17=E', `17=${long}${last}`]) as Buffer;
      shortened.add(row.toString('latin1', offset.execId, offset.execId + 48));
    }
    t.equal(shortened.size, 1_000, 'ids that share their first 59 bytes stay 1,000');
  });
}

for (const { side, native } of sides) {
  t.test(`${side}: ORDER rows become order messages`, async t => {
    const names = { accounts: new NameTable({ capacity: 4 }), symbols: new NameTable({ capacity: 4 }) };
    names.accounts.internText('ACC');
    names.symbols.internText('IBM');
    const batch = new FixBatch(native, { names });
    const bodies = [
      ORDER_BODY,
      ORDER_BODY.replace('35=D', '35=G').replace('11=C-1', '41=C-0|11=C-1').replace('38=100', '38=0.001'),
      ORDER_BODY.replace('55=IBM', '55=XXX'),
      ORDER_BODY.replace('35=D', '35=F').replace('11=C-1', '41=C-0|11=C-2').replace('38=100|40=2|44=12.5|59=0|', ''),
      '35=D|11=1|55=IBM|54=1|38=1|40=1|',
    ];
    const bytes = bytesOf(bodies.map(whole).join(''));
    const count = batch.scan(bytes, 0, bytes.length);
    const encoder = new OrderEncoder(native, {
      beginString: 'FIX.4.2',
      senderCompID: 'HR',
      targetCompID: 'VENUE',
      names,
      constants: [[21, '1']],
    });
    const input = { rows: batch.rows, count, msgSeqNum: 9, timeNs: 1767323045678901234n };
    const text = Buffer.from(encoder.bytes.buffer, 0, encoder.encode(input)).toString('latin1').replaceAll('\x01', '|');
    const head = (type: string, number: number): string =>
      `35=${type}|49=HR|56=VENUE|34=${number}|52=20260102-03:04:05.678|`;
    const time = '60=20260102-03:04:05.678|';
    const expected = [
      `${head('D', 9)}11=C-1|1=ACC|21=1|55=IBM|54=1|${time}38=100|40=2|44=12.5|59=0|`,
      `${head('G', 10)}11=C-1|41=C-0|1=ACC|21=1|55=IBM|54=1|${time}38=0.001|40=2|44=12.5|59=0|`,
      `${head('F', 11)}11=C-2|41=C-0|1=ACC|21=1|55=IBM|54=1|${time}`,
      `${head('D', 12)}11=1|21=1|55=IBM|54=1|38=1|40=1|`,
    ];
    t.equal(
      text,
      expected
        .map(body =>
          whole(body)
            .replace('FIX.4.4', 'FIX.4.2')
            .replace(/10=...\|$/, ''),
        )
        .map(checked)
        .join(''),
    );
    const statuses = Array.from({ length: count }, (_, index) => statusName(encoder.statusOf(index)));
    t.strictSame(statuses, ['ok', 'ok', 'unknownName', 'ok', 'ok']);
    t.equal(encoder.endOf(2), encoder.endOf(1), 'a refused row takes no bytes');
    t.equal(encoder.encode({ ...input, count: 0 }), 0);
    t.throws(() => encoder.encode({ ...input, count: 257 }), { code: 'HR_FIX_SIZE' });
    t.throws(() => encoder.encode({ ...input, rows: batch.rows.subarray(0, 1000) }), { code: 'HR_INVARIANT' });
    t.throws(
      () => new OrderEncoder(native, { beginString: 'FIX.4.2', senderCompID: 'a\x01', targetCompID: 'b', names }),
      {
        code: 'HR_FIX_VALUE',
      },
    );
  });
}

t.test('the encoder fills in BodyLength and CheckSum', async t => {
  const encoder = new FixEncoder();
  const bytes = encoder
    .begin('FIX.4.4', 'D')
    .field(34, 12)
    .field(58, 'Grüße')
    .decimalField(44, -1250000000n)
    .timestampField(52, 1767323045678000000n, 3)
    .bytesField(11, Buffer.from('xC-1x'), 1, 4)
    .dataField(95, 96, Buffer.from('a\x01b'))
    .finish();
  const body = '35=D|34=12|58=Grüße|44=-12.5|52=20260102-03:04:05.678|11=C-1|95=3|96=a|b|';
  t.equal(Buffer.from(bytes).toString('latin1').replaceAll('\x01', '|'), whole(body));
  const batch = new FixBatch(undefined);
  t.equal(batch.scan(bytes, 0, bytes.length), 1);
  t.equal(batch.statusOf(0), 0);
});

t.test('the encoder refuses what would break a message', async t => {
  const encoder = new FixEncoder(64);
  encoder.begin('FIX.4.4', '0');
  t.throws(() => encoder.field(58, 'a\x01b'), { code: 'HR_FIX_VALUE', message: 'the value of field 58 holds SOH' });
  t.throws(() => encoder.field(58, 'π'), { message: 'the value of field 58 is not Latin-1' });
  t.throws(() => encoder.field(34, 1.5), { message: 'the value of field 34 is 1.5, not a whole number' });
  t.throws(() => encoder.bytesField(58, Buffer.from('\x01')), { message: 'the value of field 58 holds SOH' });
  t.throws(() => encoder.field(58, 'x'.repeat(60)), { code: 'HR_FIX_SIZE' });
  t.equal(Buffer.from(encoder.finish()).toString('latin1').replaceAll('\x01', '|'), whole('35=0|'), 'and forgets it');
});

t.test('decimal text is read at 10^-8 and written back', async t => {
  const cell = new Int64Cell();
  const rows: readonly [text: string, status: string, value?: bigint, written?: string][] = [
    ['1.5', 'ok', 150000000n, '1.5'],
    ['-1.5', 'ok', -150000000n, '-1.5'],
    ['0', 'ok', 0n, '0'],
    ['-0', 'ok', 0n, '0'],
    ['002000.00', 'ok', 200000000000n, '2000'],
    ['.5', 'ok', 50000000n, '0.5'],
    ['5.', 'ok', 500000000n, '5'],
    ['0.00000001', 'ok', 1n, '0.00000001'],
    ['-0.00000001', 'ok', -1n, '-0.00000001'],
    ['92233720368.54775807', 'ok', 9223372036854775807n, '92233720368.54775807'],
    ['-92233720368.54775807', 'ok', -9223372036854775807n, '-92233720368.54775807'],
    ['42949672.96', 'ok', 4294967296000000n, '42949672.96'],
    ['1.10000000000000000000000000', 'ok', 110000000n, '1.1'],
    ['00000000000000000000000000001', 'ok', 100000000n, '1'],
    ['92233720368.54775808', 'overflow'],
    ['92233720369', 'overflow'],
    ['1000000000000000000000000000', 'overflow'],
    ['1.123456789', 'scaleLoss', 112345678n],
    ['-0.000000001', 'scaleLoss', 0n],
    ['', 'emptyValue'],
    ['-', 'badNumber'],
    ['.', 'badNumber'],
    ['+1', 'badNumber'],
    ['1e5', 'badNumber'],
    ['1,5', 'badNumber'],
    ['1.2.3', 'badNumber'],
    [' 1', 'badNumber'],
    ['1-', 'badNumber'],
    ['--1', 'badNumber'],
  ];
  for (const [text, status, value, written] of rows) {
    const bytes = Buffer.from(text);
    t.equal(statusName(parseFixDecimal(bytes, 0, bytes.length, cell)), status, `"${text}" is ${status}`);
    if (value !== undefined) t.equal(cell.value, value, `"${text}" is ${value}`);
    if (written === undefined) continue;
    const out = Buffer.alloc(32);
    t.equal(out.toString('latin1', 0, formatFixDecimal(value!, out, 0)), written, `${value} is written ${written}`);
  }
});

t.test('UTCTimestamps are read as nanoseconds and written back', async t => {
  const cell = new Int64Cell();
  const valid: readonly [text: string, decimals: 0 | 3 | 6 | 9][] = [
    ['19700101-00:00:00', 0],
    ['20000229-23:59:59.999', 3],
    ['20240229-12:00:00.123456', 6],
    ['20260102-03:04:05.123456789', 9],
    ['22611231-23:59:59.999999999', 9],
    ['21000301-00:00:00', 0],
  ];
  for (const [text, decimals] of valid) {
    const bytes = Buffer.from(text);
    t.equal(parseUtcTimestamp(bytes, 0, bytes.length, cell), 0, text);
    const [date, time] = [`${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)}`, text.slice(9, 17)];
    const nanos = BigInt(text.slice(18).padEnd(9, '0') || '0');
    t.equal(cell.value, BigInt(Date.parse(`${date}T${time}Z`)) * 1000000n + nanos, `${text} as Date reads it`);
    t.equal(utcTimestampText(cell.value, decimals), text);
  }
  const leap = Buffer.from('20161231-23:59:60');
  t.equal(parseUtcTimestamp(leap, 0, leap.length, cell), 0);
  t.equal(utcTimestampText(cell.value, 0), '20170101-00:00:00', 'a leap second is the first of the next minute');
  const invalid = [
    '19691231-23:59:59',
    '22620101-00:00:00',
    '20260001-00:00:00',
    '20261301-00:00:00',
    '20260100-00:00:00',
    '20260431-00:00:00',
    '20260229-00:00:00',
    '21000229-00:00:00',
    '20260101-24:00:00',
    '20260101-00:60:00',
    '20260101-00:00:61',
    '20260101 00:00:00',
    '20260101-00-00-00',
    '20260101-00:00',
    '20260101-00:00:00.',
    '20260101-00:00:00.1',
    '20260101-00:00:00.1234',
    '20260101-00:00:00,123',
    '20260101-00:00:00.12x',
    '2026010x-00:00:00',
    '+2026101-00:00:00',
  ];
  for (const text of invalid) {
    const bytes = Buffer.from(text);
    t.equal(statusName(parseUtcTimestamp(bytes, 0, bytes.length, cell)), 'badNumber', `refuses ${text}`);
  }
});

t.test('a table of names gives indices in order, and NO_INDEX when it is full', async t => {
  const table = new NameTable({ capacity: 1000, nameSizeMax: 12 });
  for (let index = 0; index < 1000; index++) t.equal(table.internText(`NAME-${index}`), index);
  t.equal(table.internText('NAME-7'), 7, 'a known name keeps its index');
  t.equal(table.internText('ONE-MORE'), NO_INDEX, 'no room');
  t.equal(table.lookupText('ONE-MORE'), NO_INDEX);
  t.equal(table.internText(''), NO_INDEX, 'no empty name');
  t.equal(table.internText('a name that is too long'), NO_INDEX);
  t.equal(table.lookupText('a name that is too long'), NO_INDEX);
  const opened = new NameTable(table.memory);
  t.equal(opened.lookupText('NAME-999'), 999, 'its memory opens as the same table');
  t.equal(opened.nameOf(999), 'NAME-999');
  t.equal(opened.nameOf(1000), '');
  t.equal(opened.count, 1000);
  t.throws(() => new NameTable(new Uint8Array(64)), { code: 'HR_INVARIANT' });
  t.throws(() => new NameTable({ capacity: 0 }), { code: 'HR_NAME_TABLE' });
});
