import t from 'tap';

import { SessionBench } from '../support/fix-session.js';

const order = (clOrdID: string): string => `11=${clOrdID}|21=1|38=1|40=1|54=1|55=IBM|60=20260102-03:04:05.000|`;
const cancel = (clOrdID: string): string => `11=${clOrdID}|41=X|54=1|55=IBM|60=20260102-03:04:05.000|38=1|`;
const idsOf = (essences: readonly string[]): string[] => essences.map(text => /11=(\w+)/.exec(text)?.[1] ?? text);

t.test('delay takes 2 messages at once and then one each 500 ms, in order, heartbeats and all', async t => {
  const bench = new SessionBench({ throttleIn: { messages: 2, perMs: 1_000, action: 'delay' } }).logon();
  for (let n = 2; n <= 6; n++) bench.receive('D', n, order(`D${n}`));
  bench.receive('1', 7, '112=PING|');
  t.strictSame(idsOf(bench.applications), ['D2', 'D3'], 'a full bucket');
  t.equal(bench.session.nextInSeqNum, 4, 'what waits has taken no number');
  t.strictSame(bench.takeWire(), [], 'nothing is asked for again, and the TestRequest waits its turn');
  bench.pass(0.4);
  t.equal(bench.applications.length, 2);
  bench.pass(0.1);
  t.strictSame(idsOf(bench.applications), ['D2', 'D3', 'D4']);
  bench.pass(1);
  t.strictSame(idsOf(bench.applications), ['D2', 'D3', 'D4', 'D5', 'D6']);
  t.strictSame(bench.takeWire(), ['35=0|34=2|112=PING']);
  t.equal(bench.throttleCounts.delayed, 4);
});

t.test('a message more than may wait ends the session; what waited is taken once it is resent', async t => {
  const bench = new SessionBench({
    throttleIn: { messages: 1, perMs: 10_000, action: 'delay', heldMessagesMax: 2 },
  }).logon();
  for (let n = 2; n <= 5; n++) bench.receive('D', n, order(`D${n}`));
  t.match(bench.takeWire().at(-1), '35=5|34=2|58=more than 1 messages in 10000 ms');
  t.match(bench.disconnected, /no more may wait/);
  t.equal(bench.session.nextInSeqNum, 3);
  bench.session.disconnected(bench.nowNs, bench);
  bench.pass(60).logon(6);
  t.match(bench.session.nextInSeqNum, 3);
  bench.receive('D', 3, order('D3'), '43=Y|122=20260102-03:04:05.000|');
  t.strictSame(idsOf(bench.applications), ['D2', 'D3']);
});

t.test('reject answers with BusinessMessageReject 380=3, and cancels have a rate of their own', async t => {
  const bench = new SessionBench({
    throttleIn: { messages: 1, perMs: 1_000, action: 'reject', cancels: { messages: 2, perMs: 1_000 } },
  }).logon();
  bench.receive('D', 2, order('D2')).receive('D', 3, order('D3'));
  for (let n = 4; n <= 6; n++) bench.receive('F', n, cancel(`F${n}`));
  t.strictSame(idsOf(bench.applications), ['D2', 'F4', 'F5']);
  t.strictSame(bench.takeWire(), [
    '35=j|34=2|45=3|58=more than 1 messages in 1000 ms|372=D|380=3',
    '35=j|34=3|45=6|58=more than 1 messages in 1000 ms|372=F|380=3',
  ]);
  t.equal(bench.session.nextInSeqNum, 7, 'each took its number');
  bench.pass(1).receive('D', 7, order('D7'));
  t.equal(idsOf(bench.applications).at(-1), 'D7');
  t.equal(bench.throttleCounts.rejected, 2);
});

t.test('before FIX.4.2 reject is a Reject that says so', async t => {
  const bench = new SessionBench({
    beginString: 'FIX.4.1',
    throttleIn: { messages: 1, perMs: 1_000, action: 'reject' },
  }).logon();
  bench.receive('D', 2, order('D2').slice(0, -25)).receive('D', 3, order('D3').slice(0, -25));
  t.strictSame(bench.takeWire(), ['35=3|34=2|45=3|58=more than 1 messages in 1000 ms']);
});

t.test('disconnect logs out with the rate, and the message takes no number', async t => {
  const bench = new SessionBench({ throttleIn: { messages: 1, perMs: 1_000, action: 'disconnect' } }).logon();
  bench.receive('D', 2, order('D2')).receive('D', 3, order('D3'));
  t.strictSame(bench.takeWire(), ['35=5|34=2|58=more than 1 messages in 1000 ms']);
  t.equal(bench.disconnected, 'more than 1 messages in 1000 ms');
  t.equal(bench.session.nextInSeqNum, 3);
  t.equal(bench.throttleCounts.disconnected, 1);
});

const FIELDS = [
  [11, 'A'],
  [55, 'IBM'],
] as const;

t.test(
  'delayed messages have their numbers at once, leave in order, and none is resent before it was sent',
  async t => {
    const bench = new SessionBench({ throttleOut: { messages: 1, perMs: 1_000, action: 'delay' } }).logon();
    t.strictSame(
      [1, 2, 3].map(() => bench.send('8', FIELDS)),
      [2, 3, 4],
    );
    t.equal(bench.takeWire().length, 1);
    bench.receive('2', 2, '7=1|16=0|');
    t.strictSame(
      bench.takeWire().map(text => /34=\d+/.exec(text)?.[0]),
      ['34=1', '34=2'],
      'a gap fill for the Logon, and the message sent: not those that wait',
    );
    bench.receive('1', 3, '112=PING|');
    t.strictSame(bench.takeWire(), [], 'a Heartbeat goes behind them, as its number is');
    bench.pass(1);
    t.strictSame(bench.takeWire(), ['35=8|34=3|11=A|55=IBM']);
    bench.pass(1);
    t.strictSame(bench.takeWire(), ['35=8|34=4|11=A|55=IBM', '35=0|34=5|112=PING']);
  },
);

t.test('a Logout lets go of what waits; reject sends nothing and returns 0', async t => {
  const delay = new SessionBench({ throttleOut: { messages: 1, perMs: 1_000, action: 'delay' } }).logon();
  delay.send('8', FIELDS);
  delay.send('8', FIELDS);
  delay.session.logout('bye', delay.nowNs, delay);
  t.strictSame(
    delay.takeWire().map(text => text.slice(0, 9)),
    ['35=8|34=2', '35=8|34=3', '35=5|34=4'],
  );
  const reject = new SessionBench({ throttleOut: { messages: 1, perMs: 1_000, action: 'reject' } }).logon();
  t.strictSame([reject.send('8', FIELDS), reject.send('8', FIELDS)], [2, 0]);
  t.equal(reject.session.nextOutSeqNum, 3);
});

t.test('more delayed messages than may wait end the connection, and are stored for the next', async t => {
  const throttleOut = { messages: 1, perMs: 1_000, action: 'delay', heldMessagesMax: 1 } as const;
  const bench = new SessionBench({ throttleOut }).logon();
  t.strictSame(
    [1, 2, 3].map(() => bench.send('8', FIELDS)),
    [2, 3, 4],
  );
  t.match(bench.disconnected, /may/);
  bench.session.disconnected(bench.nowNs, bench);
  bench.logon(2).receive('2', 3, '7=3|16=4|');
  t.strictSame(
    bench.takeWire().map(text => text.slice(0, 9)),
    ['35=8|34=3', '35=8|34=4'],
  );
});

t.test('a rate that is none is refused by its name', async t => {
  const rate = { messages: 0, perMs: 1_000, action: 'delay' } as const;
  t.throws(() => new SessionBench({ throttleIn: rate }), { code: 'HR_FIX_SETTINGS', message: /throttleIn: messages/ });
  t.throws(() => new SessionBench({ throttleOut: { ...rate, messages: 1, action: 'drop' as 'delay' } }), /action is/);
});
