import t from 'tap';

import { utcTimestampText } from '../../src/codec/index.js';
import { sessionSettings } from '../../src/session/index.js';
import { SessionBench, essence, fixBytes } from '../support/fix-session.js';

const ORDER = '11=ID|21=1|38=100|40=1|54=1|55=IBM|60=20260102-03:04:05|';
const DUPLICATE = '43=Y|122=20260102-03:04:05|';

t.test('an acceptor answers a Logon with its HeartBtInt and sends a heartbeat when 30 s were silent', async t => {
  const bench = new SessionBench().connect().receive('A', 1, '98=0|108=30|');
  t.strictSame(bench.takeWire(), ['35=A|34=1|98=0|108=30']);
  t.equal(bench.session.state, 'active');
  t.strictSame(bench.pass(29.9).takeWire(), []);
  t.strictSame(bench.pass(0.1).takeWire(), ['35=0|34=2']);
});

t.test('silence of 1.2 intervals is asked about with a TestRequest, of 2.4 ends the connection', async t => {
  const bench = new SessionBench().logon();
  bench.pass(35.9).takeWire();
  t.strictSame(bench.pass(0.1).takeWire(), ['35=1|34=3|112=TEST']);
  bench.pass(35.9);
  t.equal(bench.disconnected, undefined);
  bench.pass(0.1);
  t.match(bench.disconnected, /2.4 heartbeat intervals/);
  t.equal(bench.session.state, 'disconnected');
});

t.test('a TestRequest is answered with its TestReqID', async t => {
  t.strictSame(new SessionBench().logon().receive('1', 2, '112=HELLO|').takeWire(), ['35=0|34=2|112=HELLO']);
});

t.test('a message longer than allowed is asked for once; when it comes so again a Logout says which', async t => {
  const bench = new SessionBench({ messageSizeMax: 300 }).logon();
  const long = `${ORDER}58=${'x'.repeat(300)}|`;
  t.strictSame(bench.receive('D', 2, long).takeWire(), []);
  t.strictSame(bench.receive('D', 3, ORDER).takeWire(), ['35=2|34=2|7=2|16=0']);
  t.strictSame(bench.receive('D', 2, DUPLICATE + long).takeWire(), [
    '35=5|34=3|58=message 2 is longer than the 300 bytes allowed here',
  ]);
  t.strictSame(bench.receive('D', 2, DUPLICATE + long).takeWire(), [], 'and only once');
});

t.test('bytes cut anywhere give the same messages', async t => {
  const whole = new SessionBench().logon();
  const stream = Buffer.concat([
    whole.message('1', 2, '112=A|'),
    Buffer.from('noise'),
    whole.message('D', 3, ORDER),
    whole.message('1', 4, '112=B|'),
  ]);
  whole.session.receive(stream, whole.nowNs, whole);
  t.strictSame(whole.wire, ['35=0|34=2|112=A', '35=0|34=3|112=B']);
  for (let size = 1; size < 60; size++) {
    const cut = new SessionBench().logon();
    for (let at = 0; at < stream.length; at += size)
      cut.session.receive(stream.subarray(at, at + size), cut.nowNs, cut);
    if (cut.wire.join() !== whole.wire.join() || cut.applications.join() !== whole.applications.join())
      t.fail(`pieces of ${size} bytes: ${cut.wire.join()}`);
  }
});

t.test('a message too high waits, the gap is asked for once, and each message is taken once and in order', async t => {
  const bench = new SessionBench().logon();
  bench.receive('D', 5, ORDER.replace('ID', 'C5')).receive('D', 4, ORDER.replace('ID', 'C4'));
  t.strictSame(bench.takeWire(), ['35=2|34=2|7=2|16=0']);
  t.strictSame(bench.applications, []);
  bench.receive('D', 2, ORDER.replace('ID', 'C2'), DUPLICATE).receive('D', 3, ORDER.replace('ID', 'C3'), DUPLICATE);
  t.strictSame(
    bench.applications.map(text => /11=(\w+)/.exec(text)?.[1]),
    ['C2', 'C3', 'C4', 'C5'],
  );
  bench.receive('D', 4, ORDER, DUPLICATE);
  t.equal(bench.applications.length, 4, 'a possible duplicate is passed over');
  t.equal(bench.session.nextInSeqNum, 6);
});

t.test(
  'a resent message that is lost is asked for again, once, and by the clock when nothing comes at all',
  async t => {
    const bench = new SessionBench().logon();
    const ask = (msgSeqNum: number): string => `35=2|34=${msgSeqNum}|7=2|16=0`;
    for (const msgSeqNum of [3, 4, 5]) bench.receive('D', msgSeqNum, ORDER);
    t.strictSame(bench.takeWire(), [ask(2)]);
    const garbled = bench.message('D', 2, ORDER, DUPLICATE);
    garbled[garbled.length - 2]! ^= 1;
    bench.session.receive(garbled, bench.nowNs, bench);
    for (const msgSeqNum of [3, 4, 5]) bench.receive('D', msgSeqNum, ORDER, DUPLICATE);
    t.strictSame(bench.takeWire(), [ask(3)]);
    bench.pass(20).receive('0', 6).pass(9.9);
    t.strictSame(bench.takeWire(), []);
    t.strictSame(bench.pass(0.1).takeWire(), ['35=0|34=4', ask(5)], 'no number was taken for a HeartBtInt of 30 s');
    bench.receive('D', 2, ORDER, DUPLICATE);
    t.equal(bench.session.nextInSeqNum, 7);
    t.equal(
      bench
        .pass(35)
        .takeWire()
        .filter(text => text.startsWith('35=2')).length,
      0,
      'the gap is closed',
    );
  },
);

t.test('a gap fill beyond what was asked for ends the gap: the next one is asked for too', async t => {
  const bench = new SessionBench().connect().receive('A', 10, '98=0|108=30|');
  t.strictSame(bench.takeWire(), ['35=A|34=1|98=0|108=30', '35=2|34=2|7=1|16=0']);
  bench.receive('4', 1, '36=11|123=Y|', DUPLICATE).receive('0', 12);
  t.strictSame(bench.takeWire(), ['35=2|34=3|7=11|16=0']);
});

t.test('MsgSeqNum and NewSeqNo of 2^31 and above are refused as incorrect values and move no number', async t => {
  const bench = new SessionBench().logon();
  bench.receive('0', 2 ** 31).receive('4', 2, '36=4294967301|');
  t.strictSame(bench.takeWire(), [
    '35=3|34=2|45=2147483648|58=Value is incorrect (out of range) for this tag|371=34|372=0|373=5',
    '35=3|34=3|45=2|58=Value is incorrect (out of range) for this tag|372=4|373=5',
  ]);
  t.equal(bench.session.nextInSeqNum, 2);
  bench.receive('4', 2, '36=2147483647|');
  t.equal(bench.session.nextInSeqNum, 2_147_483_647);
});

t.test('a gap fill moves past queued messages and the rest goes on', async t => {
  const bench = new SessionBench().logon().receive('1', 9, '112=NINE|');
  bench.takeWire();
  bench.receive('4', 2, '36=9|123=Y|', DUPLICATE);
  t.strictSame(bench.takeWire(), ['35=0|34=3|112=NINE']);
  t.equal(bench.session.nextInSeqNum, 10);
});

t.test(
  'a gap fill over 2 orders that had come is a warning that names them, and counts 2; a heartbeat is none',
  async t => {
    const bench = new SessionBench().logon();
    bench.receive('D', 4, ORDER).receive('0', 5).receive('D', 6, ORDER).receive('D', 8, ORDER);
    bench.receive('4', 2, '36=7|123=Y|', DUPLICATE);
    t.equal(bench.passed, 2);
    t.ok(
      bench.events.some(text =>
        text.includes('SequenceReset to 7 passes over 2 messages, 4 to 6, that waited behind a gap'),
      ),
    );
    t.strictSame(bench.applications, []);
    bench.receive('D', 7, ORDER);
    t.equal(bench.applications.length, 2, '7, and 8 that waited behind it');
    t.equal(bench.passed, 2);
  },
);

t.test('the queue behind a gap is bounded; what did not fit is asked for again', async t => {
  const bench = new SessionBench({ queuedMessagesMax: 2 }).logon();
  for (const msgSeqNum of [3, 4, 5]) bench.receive('1', msgSeqNum, `112=N${msgSeqNum}|`);
  t.match(bench.events.at(-1), /full at 2: 5 is dropped/);
  bench.takeWire();
  bench.receive('0', 2, '', DUPLICATE);
  t.strictSame(bench.takeWire(), ['35=0|34=3|112=N3', '35=0|34=4|112=N4']);
  bench.receive('0', 6);
  t.strictSame(bench.takeWire(), ['35=2|34=5|7=5|16=0']);
});

t.test('a ResendRequest brings application messages back and passes over the rest', async t => {
  const bench = new SessionBench().logon();
  bench.send('B', [[148, 'one']]);
  bench.receive('1', 2, '112=A|');
  bench.send('B', [[148, 'two']]);
  bench.send('B', [[148, 'three']]);
  bench.takeWire();
  bench.receive('2', 3, '7=1|16=0|');
  t.strictSame(bench.takeWire(), [
    '35=4|34=1|43=Y|36=2|123=Y',
    '35=B|34=2|43=Y|148=one',
    '35=4|34=3|43=Y|36=4|123=Y',
    '35=B|34=4|43=Y|148=two',
    '35=B|34=5|43=Y|148=three',
  ]);
  t.equal(bench.session.nextOutSeqNum, 6, 'a resend takes no new number');
  bench.veto = msgSeqNum => msgSeqNum !== 4;
  bench.receive('2', 4, '7=2|16=4|');
  t.strictSame(bench.takeWire(), ['35=B|34=2|43=Y|148=one', '35=4|34=3|43=Y|36=5|123=Y'], 'the application may refuse');
  bench.receive('2', 5, '7=9|16=0|');
  t.strictSame(bench.takeWire(), [], 'nothing was sent from 9 on');
});

t.test('a long answer goes out 500 messages at a time, and what is sent meanwhile is not part of it', async t => {
  const bench = new SessionBench().logon();
  for (let index = 2; index <= 1_201; index++) bench.send('B', [[148, `n${index}`]]);
  bench.takeWire();
  const numbers = (): number[] => bench.takeWire().map(text => Number(/34=(\d+)/.exec(text)?.[1]));
  const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
  bench.receive('2', 2, '7=2|16=0|');
  t.strictSame(numbers(), range(2, 501));
  t.ok(bench.session.isResending);
  bench.send('B', [[148, 'live']]);
  t.strictSame(numbers(), [1202], 'whoever drives the session holds it until the answer is out');
  bench.session.resume(bench.nowNs, bench);
  t.strictSame(numbers(), range(502, 1_001));
  bench.receive('2', 3, '7=901|16=0|');
  t.strictSame(numbers(), [], 'asked again, the answer goes back to what is asked for');
  bench.session.resume(bench.nowNs, bench);
  t.strictSame(numbers(), range(901, 1_201), 'and ends where it would have: the live message is not sent twice');
  t.notOk(bench.session.isResending);
});

t.test('a resent message keeps its bytes, raw data with SOH too, and carries OrigSendingTime', async t => {
  const bench = new SessionBench().logon();
  const write = (encoder: Parameters<Parameters<typeof bench.session.send>[1]>[0]) =>
    encoder.field(97, 'Y').field(148, 'h').field(33, 1).field(58, 't').dataField(354, 355, Buffer.from('a\x01b'));
  bench.session.send('B', write, bench.nowNs, bench);
  const before = utcTimestampText(bench.nowNs, 3);
  bench.pass(1).receive('2', 2, '7=2|16=2|');
  const text = bench.bytesOut.at(-1)?.toString('latin1').replaceAll('\x01', '|') ?? '';
  t.match(text, /\|35=B\|34=2\|43=Y\|49=US\|52=20260102-03:04:06.000\|56=THEM\|97=Y\|122=/);
  t.ok(text.includes(`|122=${before}|148=h|33=1|58=t|354=3|355=a|b|10=`), text);
});

t.test('what is sent while nobody is logged on is stored and goes out when it is asked for', async t => {
  const bench = new SessionBench();
  t.equal(bench.send('B', [[148, 'while away']]), 1);
  t.strictSame(bench.wire, []);
  bench.connect().receive('A', 1, '98=0|108=30|').receive('2', 2, '7=1|16=0|');
  t.strictSame(bench.wire, ['35=A|34=2|98=0|108=30', '35=B|34=1|43=Y|148=while away', '35=4|34=2|43=Y|36=3|123=Y']);
  t.equal(new SessionBench({ resetOnLogon: true }).send('B', [[148, 'lost']]), 0, 'a reset would lose it');
});

t.test('a value with SOH is refused and takes no number', async t => {
  const bench = new SessionBench().logon();
  t.throws(() => bench.send('B', [[148, 'a\x01b']]), { code: 'HR_FIX_VALUE' });
  t.equal(bench.session.nextOutSeqNum, 2);
  bench.send('B', [[148, 'ab']]);
  t.strictSame(bench.takeWire(), ['35=B|34=2|148=ab']);
});

t.test('numbers are a fold: replaying inbound, outbound and reset gives the same session', async t => {
  const bench = new SessionBench({ resetOnLogout: true }).logon();
  bench.receive('D', 2, ORDER).receive('0', 5).receive('4', 3, '36=5|123=Y|', DUPLICATE).receive('0', 5, '', DUPLICATE);
  bench
    .receive('A', 1, '98=0|108=30|141=Y|')
    .receive('1', 2, '112=X|')
    .receive('4', 0, '36=20|')
    .receive('0', 20, '9999=1|');
  bench.receive('2', 21, '7=1|16=0|');
  const folded = new SessionBench();
  for (const [kind, first, second, began] of bench.folds) {
    if (kind === 'in') folded.session.foldInbound(first);
    else if (kind === 'out') folded.session.foldOutbound(first);
    else folded.session.foldReset(first, second ?? 0, began);
  }
  t.strictSame(folded.session.save(), bench.session.save());
  t.strictSame(bench.session.save(), { nextInSeqNum: 22, nextOutSeqNum: 4, beganMs: bench.nowMs });
  const restored = new SessionBench();
  restored.session.restore(bench.session.save());
  restored.logon(22);
  t.equal(restored.session.nextInSeqNum, 23);
});

t.test('an initiator logs on, takes the answer, and logs out by handshake', async t => {
  const bench = new SessionBench({ role: 'initiator', heartBtIntSeconds: 10, username: 'u', password: 'p' }).connect();
  t.strictSame(bench.takeWire(), ['35=A|34=1|98=0|108=10|553=u|554=p']);
  t.equal(bench.session.state, 'logonSent');
  bench.receive('A', 1, '98=0|108=10|');
  t.equal(bench.session.state, 'active');
  bench.session.logout('bye', bench.nowNs, bench);
  t.strictSame(bench.takeWire(), ['35=5|34=2|58=bye']);
  t.equal(bench.send('B', [[148, 'late']]), 3, 'stored for the next logon');
  bench.receive('5', 2);
  t.equal(bench.disconnected, 'logged out');
  t.strictSame(bench.takeWire(), []);
});

t.test('an initiator that resets asks with 141=Y and both numbers begin at 1', async t => {
  const bench = new SessionBench({ role: 'initiator', resetOnLogon: true });
  bench.session.restore({ nextInSeqNum: 7, nextOutSeqNum: 9 });
  bench.connect().receive('A', 1, '98=0|108=30|141=Y|');
  t.strictSame(bench.takeWire(), ['35=A|34=1|98=0|108=30|141=Y']);
  t.strictSame(bench.session.save(), { nextInSeqNum: 2, nextOutSeqNum: 2, beganMs: bench.nowMs });
});

t.test('no Logon within 10 s, no answer to a Logout within 2 s, end the connection', async t => {
  const silent = new SessionBench().connect().pass(10);
  t.equal(silent.disconnected, 'no Logon came in time');
  const ignored = new SessionBench().logon();
  ignored.session.logout('', ignored.nowNs, ignored);
  t.match(ignored.pass(2).disconnected, /no answer to our Logout/);
});

t.test('a stranger, a wrong time and a message before the logon change no number', async t => {
  for (const [msgType, rest] of [
    ['0', ''],
    ['D', ORDER],
    ['5', ''],
    ['A', '98=0|'],
  ] as const) {
    const bench = new SessionBench().connect().receive(msgType, 1, rest);
    t.type(bench.disconnected, 'string', `35=${msgType}`);
    t.strictSame(bench.wire, []);
    t.strictSame(bench.session.save(), { nextInSeqNum: 1, nextOutSeqNum: 1, beganMs: 0 });
  }
  const bench = new SessionBench({ resetOnLogon: true });
  bench.session.restore({ nextInSeqNum: 7, nextOutSeqNum: 9 });
  bench.connect();
  const time = utcTimestampText(bench.nowNs - 121_000_000_000n, 3);
  const late = fixBytes('FIX.4.4', `35=A|34=1|49=THEM|52=${time}|56=US|98=0|108=30|141=Y|`);
  bench.session.receive(late, bench.nowNs, bench);
  t.strictSame(bench.session.save(), { nextInSeqNum: 7, nextOutSeqNum: 9, beganMs: 0 }, 'not even by ResetSeqNumFlag');
  t.type(bench.disconnected, 'string');
});

t.test('a Logout or ResendRequest far ahead is answered and the messages before it are still expected', async t => {
  const bench = new SessionBench().logon().receive('2', 9, '7=1|16=0|').receive('5', 10);
  t.equal(bench.session.nextInSeqNum, 2, 'nothing that was not received is counted');
  t.equal(bench.disconnected, 'logged out');
});

t.test('a clock that steps back does not: times written never go back', async t => {
  const bench = new SessionBench().logon();
  bench.session.receive(bench.message('1', 2, '112=A|'), bench.nowNs - 5_000_000_000n, bench);
  t.match(bench.bytesOut.at(-1)?.toString('latin1'), /52=20260102-03:04:05.000/);
});

t.test('an unsupported message is answered as its version does', async t => {
  const rows: readonly [string, string][] = [
    ['FIX.4.4', '35=j|34=2|45=2|58=Unsupported Message Type|372=B|380=3'],
    ['FIX.4.2', '35=j|34=2|45=2|58=Unsupported Message Type|372=B|380=3'],
    ['FIX.4.1', '35=3|34=2|45=2|58=Unsupported message type'],
  ];
  for (const [beginString, answer] of rows) {
    const bench = new SessionBench({ beginString }).logon();
    bench.verdict = 'unsupportedMessageType';
    t.strictSame(bench.receive('B', 2, '148=h|33=1|58=t|').takeWire(), [answer], beginString);
    t.equal(bench.session.nextInSeqNum, 3);
  }
});

t.test('each fault is rejected with the text and reason of its version', async t => {
  const rows: readonly [version: string, rest: string, answer: string][] = [
    [
      'FIX.4.4',
      ORDER.replace('54=1|', '54=x|'),
      '58=Value is incorrect (out of range) for this tag|371=54|372=D|373=5',
    ],
    ['FIX.4.4', ORDER.replace('38=100', '38=1e2'), '58=Incorrect data format for value|371=38|372=D|373=6'],
    ['FIX.4.4', ORDER.replace('11=ID|', ''), '58=Required tag missing|371=11|372=D|373=1'],
    ['FIX.4.4', `${ORDER}386=2|336=A|`, '58=Incorrect NumInGroup count for repeating group|371=386|372=D|373=16'],
    ['FIX.4.2', `${ORDER}40=2|`, '58=Tag appears more than once|371=40|372=D'],
    [
      'FIX.4.1',
      ORDER.replace('60=20260102-03:04:05|', '').replace('21=1', '21=9'),
      '58=Value is incorrect (out of range) for this tag (21)',
    ],
    ['FIX.4.0', '11=ID|', '58=Required tag missing (21)'],
    [
      'FIX.4.4',
      `${ORDER}453=1|448=P|447=?|452=1|`,
      '58=Value is incorrect (out of range) for this tag|371=447|372=D|373=5',
    ],
    ['FIX.4.4', `${ORDER}386=x|`, '58=Incorrect data format for value|371=386|372=D|373=6'],
  ];
  for (const [beginString, rest, answer] of rows) {
    const bench = new SessionBench({ beginString }).logon().receive('D', 2, rest);
    t.strictSame(bench.takeWire(), [`35=3|34=2|45=2|${answer}`], `${beginString} ${rest}`);
    t.equal(bench.session.nextInSeqNum, 3);
  }
});

t.test('what takes its number and goes no further is told as refused, once a number', async t => {
  const fault = ORDER.replace('54=1|', '54=x|');
  const bench = new SessionBench().logon().receive('D', 3, fault);
  t.equal(bench.takeWire().length, 1, 'ahead of its turn it is rejected');
  t.strictSame(bench.refusals, [], 'and must still come');
  bench.receive('D', 2, ORDER).receive('D', 3, fault, DUPLICATE);
  const told = ['3: Value is incorrect (out of range) for this tag (54)'];
  t.strictSame(bench.refusals, told);
  bench.takeWire();
  bench.receive('D', 3, fault, DUPLICATE).receive('D', 2, ORDER, '43=Y|');
  t.match(bench.takeWire(), [/^35=3\|.*371=54/, /^35=3\|.*371=122/], 'a duplicate of what came is rejected');
  t.strictSame(bench.refusals, told, 'and nothing is lost by it');
});

t.test('a message without a CompID, and one of another BeginString, are told as refused too', async t => {
  const body = (names: string, bench: SessionBench): string =>
    `35=D|34=2|${names}52=${utcTimestampText(bench.nowNs, 3)}|${ORDER}`;
  const rows: readonly [version: string, names: string, answer: RegExp, reason: string][] = [
    ['FIX.4.4', '56=US|', /^35=j\|.*380=5/, 'Required tag missing (49)'],
    ['FIX.4.4', '49=THEM|', /^35=j\|.*380=5/, 'Required tag missing (56)'],
    ['FIX.4.2', '49=THEM|56=US|', /^35=5\|/, 'Incorrect BeginString'],
  ];
  for (const [version, names, answer, reason] of rows) {
    const bench = new SessionBench().logon();
    const bytes = fixBytes(version, body(names, bench));
    bench.session.receive(bytes, bench.nowNs, bench);
    t.match(bench.takeWire(), [answer]);
    t.equal(bench.session.nextInSeqNum, 3);
    t.strictSame(bench.refusals, [`2: ${reason}`]);
  }
});

t.test('messages that are not wanted stay unread, of a read and of the queue behind a gap', async t => {
  const bench = new SessionBench().logon();
  bench.wants = () => bench.applications.length < 2;
  const read = [2, 3, 4].map(msgSeqNum => bench.message('D', msgSeqNum, ORDER));
  bench.session.receive(Buffer.concat(read), bench.nowNs, bench);
  t.equal(bench.session.nextInSeqNum, 4);

  const behind = new SessionBench().logon();
  behind.wants = () => behind.applications.length < 2;
  for (const msgSeqNum of [3, 4, 5, 2]) behind.receive('D', msgSeqNum, ORDER);
  t.equal(behind.session.nextInSeqNum, 4);
});

t.test('each validation switch lets its fault through', async t => {
  const switches: readonly [object, string, string][] = [
    [{ validateFieldsHaveValues: false }, `${ORDER}58=|`, ''],
    [{ validateUserDefinedFields: false }, `${ORDER}5001=x|`, ''],
    [{ allowUnknownMessageFields: true }, `${ORDER}999=x|112=y|`, ''],
    [{ validateFieldsOutOfOrder: false }, ORDER, '58=early|'],
    [{ validateFieldValues: false }, ORDER.replace('21=1', '21=4'), ''],
    [{ validateUnorderedGroupFields: false }, `${ORDER}78=1|79=ACCT|80=100|661=1|`, ''],
  ];
  for (const [rules, rest, early] of switches) {
    const strict = new SessionBench().logon();
    const { validation } = strict.session.settings;
    const body = early === '' ? rest : `${early}50=SUB|${rest}`;
    t.match(strict.receive('D', 2, body).takeWire(), [/^35=3/], JSON.stringify(rules));
    const loose = new SessionBench({ validation: { ...validation, ...rules } }).logon().receive('D', 2, body);
    t.equal(loose.applications.length, 1, JSON.stringify(rules));
  }
  const blind = new SessionBench({ useDictionary: false }).logon().receive('ZZ', 2, '1=2|');
  t.equal(blind.applications.length, 1);
});

t.test('FIXT: the application version is the Logon’s, or the message’s own, and an unknown one is refused', async t => {
  const settings = { beginString: 'FIXT.1.1', defaultApplVerID: 'FIX.5.0SP2' };
  const bench = new SessionBench(settings).connect().receive('A', 1, '98=0|108=30|1137=7|');
  t.strictSame(bench.takeWire(), ['35=A|34=1|98=0|108=30|1137=7']);
  bench.receive('D', 2, ORDER);
  bench.receive('D', 3, ORDER, '1128=9|');
  t.equal(bench.applications.length, 2);
  bench.receive('D', 4, ORDER, '1128=1|');
  t.match(bench.takeWire(), [/371=1128/]);
  t.match(new SessionBench(settings).connect().receive('A', 1, '98=0|108=30|1137=1|').disconnected, /1137/);
  t.equal(
    new SessionBench(settings).connect().receive('A', 1, '98=0|108=30|1137=10|').disconnected,
    'Logon with DefaultApplVerID (1137) 10, which is not served; 2 (FIX 4.0) to 9 (FIX 5.0 SP2) are',
    'FIX Latest',
  );
});

t.test('settings that cannot be used are refused by name', async t => {
  const names = { senderCompID: 'US', targetCompID: 'THEM', role: 'acceptor' } as const;
  t.throws(() => sessionSettings({ ...names, beginString: 'FIX.3.9' }), {
    code: 'HR_FIX_SETTINGS',
    message: /FIX.3.9/,
  });
  t.throws(() => sessionSettings({ ...names, beginString: 'FIXT.1.1' }), { message: /defaultApplVerID/ });
  t.throws(() => sessionSettings({ ...names, beginString: 'FIX.4.4', targetCompID: '' }), { message: /CompID/ });
  t.equal(essence(fixBytes('FIX.4.4', '35=0|34=1|')), '35=0|34=1');
});
