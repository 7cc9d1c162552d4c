import t from 'tap';

import { sessionSettings } from '../../src/session/index.js';
import { SessionBench, fixBytes } from '../support/fix-session.js';

const ORDER = '11=ID|21=1|38=100|40=1|54=1|55=IBM|60=20260102-03:04:05|';
const DUPLICATE = '43=Y|122=20260102-03:04:05|';

function requests(bench: SessionBench): string[] {
  return bench.takeWire().filter(text => text.startsWith('35=2|'));
}

t.test('a ResendRequest of chunks of 5 asks for 4 to 8, then 9 to 13, then all the rest', async t => {
  const bench = new SessionBench({ resendRequestChunkSize: 5 }).logon().receive('D', 2, ORDER).receive('D', 3, ORDER);
  t.strictSame(bench.receive('D', 15, ORDER).takeWire(), ['35=2|34=2|7=4|16=8']);
  for (const n of [4, 5, 6, 7]) bench.receive('D', n, ORDER, DUPLICATE);
  t.strictSame(bench.takeWire(), []);
  t.strictSame(bench.receive('D', 8, ORDER, DUPLICATE).takeWire(), ['35=2|34=3|7=9|16=13']);
  bench.receive('D', 16, ORDER);
  for (const n of [9, 10, 11, 12, 13]) bench.receive('D', n, ORDER, DUPLICATE);
  t.strictSame(bench.takeWire(), ['35=2|34=4|7=14|16=0']);
  t.strictSame(bench.receive('D', 14, ORDER, DUPLICATE).takeWire(), []);
  t.equal(bench.session.nextInSeqNum, 17);
  t.equal(bench.applications.length, 15);
});

t.test('chunks over GapFills: the number on its way is not asked for twice, none is left out', async t => {
  const bench = new SessionBench({ resendRequestChunkSize: 5 }).logon().receive('0', 30);
  t.strictSame(bench.takeWire(), ['35=2|34=2|7=2|16=6']);
  t.strictSame(bench.receive('4', 2, '123=Y|36=6|', DUPLICATE).takeWire(), ['35=2|34=3|7=7|16=11']);
  t.strictSame(bench.receive('D', 6, ORDER, DUPLICATE).takeWire(), []);
  t.strictSame(bench.receive('4', 7, '123=Y|36=20|', DUPLICATE).takeWire(), ['35=2|34=4|7=20|16=24']);
  t.strictSame(bench.receive('4', 20, '123=Y|36=30|', DUPLICATE).takeWire(), []);
  t.equal(bench.session.nextInSeqNum, 31);
});

t.test('a chunk that does not come is asked for again after a HeartBtInt', async t => {
  const bench = new SessionBench({ resendRequestChunkSize: 2 }).logon().receive('D', 9, ORDER);
  t.strictSame(bench.takeWire(), ['35=2|34=2|7=2|16=3']);
  bench.receive('D', 2, ORDER, DUPLICATE).pass(20).receive('0', 10).pass(9.9).takeWire();
  t.strictSame(requests(bench.pass(0.1)), ['35=2|34=4|7=3|16=4']);
});

t.test(
  'a message that came in time and waited 10 s behind a gap is taken where 5 s is the latest; one that comes late is not',
  async t => {
    const bench = new SessionBench({ maxLatencySeconds: 5 }).logon().receive('D', 3, ORDER);
    bench.pass(10).receive('D', 2, ORDER, DUPLICATE);
    t.equal(bench.applications.length, 2);
    t.equal(bench.session.nextInSeqNum, 4);
    const late = bench.message('D', 4, ORDER);
    bench.pass(10).takeWire();
    bench.session.receive(late, bench.nowNs, bench);
    t.match(bench.takeWire(), [/^35=3.*373=10$/, /^35=5/]);
    t.equal(bench.applications.length, 2);
  },
);

t.test('LastMsgSeqNumProcessed stands in every header: 1 after the Logon, 4 after the fourth message', async t => {
  const bench = new SessionBench({ enableLastMsgSeqNumProcessed: true }).connect().receive('A', 1, '98=0|108=30|');
  bench.receive('1', 2, '112=HELLO|').receive('0', 3).receive('0', 4);
  bench.send('D', [[11, 'C1']]);
  bench.receive('2', 5, '7=1|16=0|');
  t.strictSame(bench.takeWire(), [
    '35=A|34=1|369=1|98=0|108=30',
    '35=0|34=2|369=2|112=HELLO',
    '35=D|34=3|369=4|11=C1',
    '35=4|34=1|43=Y|369=5|36=3|123=Y',
    '35=D|34=3|43=Y|369=5|11=C1',
  ]);
});

const NEXT = { enableNextExpectedMsgSeqNum: true };

t.test('NextExpectedMsgSeqNum: what the counterparty lacks is resent behind our Logon, unasked', async t => {
  const bench = new SessionBench(NEXT);
  bench.session.restore({ nextInSeqNum: 7, nextOutSeqNum: 5 });
  bench.sent.put(3, fixBytes('FIX.4.4', '35=D|34=3|49=US|52=20260102-03:04:05|56=THEM|11=C3|'), bench.nowNs);
  bench.connect().receive('A', 7, '98=0|108=30|789=2|');
  t.strictSame(bench.takeWire(), [
    '35=A|34=5|98=0|108=30|789=8',
    '35=4|34=2|43=Y|36=3|123=Y',
    '35=D|34=3|43=Y|11=C3',
    '35=4|34=4|43=Y|36=6|123=Y',
  ]);
  t.equal(bench.session.nextOutSeqNum, 6);
});

t.test('NextExpectedMsgSeqNum of ours stands for a ResendRequest, which follows only when nothing comes', async t => {
  const bench = new SessionBench(NEXT).connect().receive('A', 4, '98=0|108=30|789=1|');
  t.strictSame(bench.takeWire(), ['35=A|34=1|98=0|108=30|789=1']);
  for (const n of [1, 2, 3]) bench.receive('D', n, ORDER, DUPLICATE);
  t.equal(bench.session.nextInSeqNum, 5);
  t.strictSame(bench.takeWire(), []);

  const silent = new SessionBench(NEXT).connect().receive('A', 4, '98=0|108=30|789=1|');
  silent.pass(20).receive('0', 5).pass(9.9).takeWire();
  t.strictSame(requests(silent.pass(0.1)), ['35=2|34=3|7=1|16=0']);

  const plain = new SessionBench(NEXT).connect().receive('A', 4, '98=0|108=30|');
  t.strictSame(plain.takeWire(), ['35=A|34=1|98=0|108=30|789=1', '35=2|34=2|7=1|16=0'], 'it names none itself');
});

t.test('a NextExpectedMsgSeqNum above our next number ends in a Logout, and with 141=Y both begin at 1', async t => {
  const bench = new SessionBench(NEXT).connect().receive('A', 1, '98=0|108=30|789=12|');
  const text = 'NextExpectedMsgSeqNum (789) too high, expecting 1 but received 12';
  t.strictSame(bench.takeWire(), [`35=5|34=1|58=${text}`]);
  t.equal(bench.disconnected, text);
  const reset = new SessionBench(NEXT);
  reset.session.restore({ nextInSeqNum: 2000, nextOutSeqNum: 2000 });
  reset.connect().receive('A', 1, '98=0|108=30|141=Y|789=1|');
  t.strictSame(reset.takeWire(), ['35=A|34=1|98=0|108=30|141=Y|789=2']);
});

t.test('a NextExpectedMsgSeqNum of 0 or -3 ends in a Logout and resends nothing', async t => {
  for (const nextExpected of [0, -3]) {
    const bench = new SessionBench(NEXT);
    bench.session.restore({ nextInSeqNum: 1, nextOutSeqNum: 5 });
    bench.connect().receive('A', 1, `98=0|108=30|789=${nextExpected}|`);
    const text = `NextExpectedMsgSeqNum (789) must be at least 1 but is ${nextExpected}`;
    t.strictSame(bench.takeWire(), [`35=5|34=5|58=${text}`]);
    t.equal(bench.disconnected, text);
  }
});

t.test('an initiator offers its NextExpectedMsgSeqNum and resends what the answer lacks', async t => {
  const bench = new SessionBench({ ...NEXT, role: 'initiator' });
  bench.session.restore({ nextInSeqNum: 7, nextOutSeqNum: 5 });
  t.strictSame(bench.connect().takeWire(), ['35=A|34=5|98=0|108=30|789=7']);
  t.strictSame(bench.receive('A', 7, '98=0|108=30|789=4|').takeWire(), ['35=4|34=4|43=Y|36=6|123=Y']);
  t.equal(bench.session.state, 'active');
});

t.test('a negative HeartBtInt ends in a Logout, under the first number where each logon resets', async t => {
  const bench = new SessionBench({ resetOnLogon: true });
  bench.session.restore({ nextInSeqNum: 9, nextOutSeqNum: 9 });
  t.strictSame(bench.connect().receive('A', 1, '98=0|108=-10|').takeWire(), [
    '35=5|34=1|58=HeartBtInt must not be negative',
  ]);
  t.equal(bench.disconnected, 'HeartBtInt must not be negative');
});

t.test('a message without MsgSeqNum ends in a Logout, before the logon without one', async t => {
  const unnumbered = fixBytes('FIX.4.4', '35=1|49=THEM|52=20260102-03:04:05.000|56=US|112=X|');
  const bench = new SessionBench().logon();
  bench.session.receive(unnumbered, bench.nowNs, bench);
  t.strictSame(bench.takeWire(), ['35=5|34=2|58=Received message without MsgSeqNum']);
  t.match(bench.disconnected, /without MsgSeqNum/);
  const early = new SessionBench().connect();
  early.session.receive(unnumbered, early.nowNs, early);
  t.strictSame(early.takeWire(), []);
  t.match(early.disconnected, /without MsgSeqNum/);
});

/** The message with its CheckSum one too high. */
function misSummed(bytes: Buffer): Buffer {
  const wrong = (Number(bytes.toString('latin1', bytes.length - 4, bytes.length - 1)) + 1) & 0xff;
  bytes.write(String(wrong).padStart(3, '0'), bytes.length - 4);
  return bytes;
}

t.test('rejectGarbledMessage: a garbled message of the number expected gets a Reject and takes it', async t => {
  const bench = new SessionBench({ rejectGarbledMessage: true }).logon();
  const read = (bytes: Buffer) => {
    bench.session.receive(bytes, bench.nowNs, bench);
    return bench.takeWire();
  };
  t.strictSame(read(misSummed(bench.message('D', 2, ORDER))), [
    '35=3|34=2|45=2|58=Message failed basic validity check|372=D',
  ]);
  t.strictSame(read(fixBytes('FIX.4.4', '34=3|49=THEM|56=US|')), [
    '35=3|34=3|45=3|58=Message failed basic validity check',
  ]);
  t.strictSame(read(misSummed(bench.message('D', 9, ORDER))), [], 'another number is not to be trusted');
  t.strictSame(read(Buffer.from('8=FIX.4.4\x019=x\x0134=4\x0110=000\x01')), [], 'nor one that cannot be framed');
  t.strictSame(bench.receive('1', 4, '112=A|').takeWire(), ['35=0|34=4|112=A']);
  t.strictSame(
    bench.folds.filter(([kind]) => kind === 'reset'),
    [
      ['reset', 3, 2, 0],
      ['reset', 4, 3, 0],
    ],
  );
});

t.test('a Reject is resent: it may be all that its receiver learns of an order that was lost', async t => {
  const bench = new SessionBench({ rejectGarbledMessage: true }).logon();
  bench.session.receive(misSummed(bench.message('D', 2, ORDER)), bench.nowNs, bench);
  bench.receive('1', 3, '112=A|').receive('D', 4, '11=ID|').takeWire();
  t.strictSame(bench.receive('2', 5, '7=1|16=0|').takeWire(), [
    '35=4|34=1|43=Y|36=2|123=Y',
    '35=3|34=2|43=Y|45=2|58=Message failed basic validity check|372=D',
    '35=4|34=3|43=Y|36=4|123=Y',
    '35=3|34=4|43=Y|45=4|58=Required tag missing|371=40|372=D|373=1',
  ]);
});

t.test('rejectGarbledMessage: what waited behind the garbled message is taken', async t => {
  const bench = new SessionBench({ rejectGarbledMessage: true }).logon().receive('D', 3, ORDER);
  bench.session.receive(misSummed(bench.message('D', 2, ORDER)), bench.nowNs, bench);
  t.equal(bench.session.nextInSeqNum, 4);
  t.equal(bench.applications.length, 1);
});

t.test('validateChecksum: without it a message with a wrong CheckSum is taken, and only then', async t => {
  for (const [validateChecksum, taken] of [
    [false, 1],
    [true, 0],
  ] as const) {
    const bench = new SessionBench({ validateChecksum }).logon();
    bench.session.receive(misSummed(bench.message('D', 2, ORDER)), bench.nowNs, bench);
    t.equal(bench.applications.length, taken);
    t.equal(bench.session.nextInSeqNum, 2 + taken);
  }
  const bench = new SessionBench({ validateChecksum: false }).logon();
  for (const text of ['8=FIX.4.4\x019=5\x0135=0\x0110=1\x01', '8=FIX.4.4\x019=12\x0135=0\x0134=garb\x0110=000\x01'])
    bench.session.receive(Buffer.from(text), bench.nowNs, bench);
  t.equal(bench.session.nextInSeqNum, 2, 'a trailer of another form, or garbled besides, is ignored');
});

t.test('validateLength: without it a BodyLength that is too short is passed over, the CheckSum is not', async t => {
  const short = (bytes: Buffer, sum: boolean): Buffer => {
    const text = bytes.toString('latin1').replace(/9=\d+/, '9=30');
    const total = Buffer.from(text.slice(0, -7), 'latin1').reduce((all, byte) => all + byte, 0) + (sum ? 0 : 1);
    return Buffer.from(`${text.slice(0, -7)}10=${String(total & 0xff).padStart(3, '0')}\x01`, 'latin1');
  };
  const taken = (given: object, sum = true): number => {
    const bench = new SessionBench(given).logon();
    bench.session.receive(short(bench.message('D', 2, ORDER), sum), bench.nowNs, bench);
    bench.receive('D', bench.session.nextInSeqNum, ORDER);
    return bench.session.nextInSeqNum - 3;
  };
  t.equal(taken({}), 0);
  t.equal(taken({ validateLength: false }), 1);
  t.equal(taken({ validateLength: false }, false), 0);
  t.equal(taken({ validateChecksum: false }), 0);
  t.equal(taken({ validateLength: false, validateChecksum: false }, false), 1);

  const bench = new SessionBench({ validateLength: false, validateChecksum: false }).logon();
  const long = Buffer.from(bench.message('D', 2, ORDER).toString('latin1').replace(/9=\d+/, '9=150'), 'latin1');
  bench.session.receive(Buffer.concat([long, bench.message('D', 3, ORDER)]), bench.nowNs, bench);
  t.equal(bench.session.nextInSeqNum, 2, 'one that swallows the next is garbled');
});

t.test('checkCompID and requiresOrigSendingTime let other names and a duplicate without 122 through', async t => {
  const named = (given: object) => {
    const bench = new SessionBench(given).logon();
    const bytes = bench.message('1', 2, '112=A|').toString('latin1').replace('49=THEM', '49=WHOM');
    bench.session.receive(fixBytes('FIX.4.4', bytes.slice(bytes.indexOf('35='), -7)), bench.nowNs, bench);
    return bench.takeWire();
  };
  t.strictSame(named({ checkCompID: false }), ['35=0|34=2|112=A']);
  t.match(named({}), [/^35=3.*373=9$/, /^35=5/]);
  const again = (given: object) =>
    new SessionBench(given).logon().receive('0', 2).receive('0', 2, '', '43=Y|').takeWire();
  t.strictSame(again({ requiresOrigSendingTime: false }), []);
  t.match(again({}), [/371=122/]);
});

t.test('inside a group each entry begins with its first field and keeps the dictionary’s order', async t => {
  const rows: readonly [string, string, string, string][] = [
    ['FIX.4.4', '78=2|79=A|80=50|661=1|79=B|80=150|', '371=661', '|373=15'],
    ['FIX.4.4', '78=1|80=50|79=A|', '371=80', '|373=15'],
    ['FIX.4.2', '78=2|80=50|79=A|80=150|79=B|', '371=80', ''],
    ['FIX.4.4', '453=1|448=P|452=1|447=D|', '371=447', '|373=15'],
  ];
  for (const [beginString, group, tag, reason] of rows) {
    const bench = new SessionBench({ beginString }).logon().receive('D', 2, ORDER + group);
    const text = 'Out of order repeating group members';
    t.strictSame(bench.takeWire(), [`35=3|34=2|45=2|58=${text}|${tag}|372=D${reason}`], group);
  }
  const sound = new SessionBench().logon().receive('D', 2, `${ORDER}78=2|79=A|661=1|80=50|79=B|80=150|`);
  t.equal(sound.applications.length, 1);
});

t.test('a time has up to twelve decimals', async t => {
  const order = (decimals: string) => ORDER.replace('05|', `05.${decimals}|`);
  const bench = new SessionBench().logon().receive('D', 2, order('123456789123'));
  t.equal(bench.applications.length, 1);
  t.match(bench.receive('D', 3, order('1234567891234')).takeWire(), [/371=60\|372=D\|373=6$/]);
});

t.test('settings of a version that lacks their tag, or of no count, are refused by name', async t => {
  const names = { senderCompID: 'US', targetCompID: 'THEM', role: 'acceptor' } as const;
  const refused = (given: object, beginString: string, message: RegExp) =>
    t.throws(() => sessionSettings({ ...names, beginString, ...given }), { code: 'HR_FIX_SETTINGS', message });
  refused(NEXT, 'FIX.4.3', /789/);
  refused({ enableLastMsgSeqNumProcessed: true }, 'FIX.4.1', /369/);
  refused({ resendRequestChunkSize: -1 }, 'FIX.4.4', /resendRequestChunkSize/);
});
