import t from 'tap';

import type { SessionSchedule, SessionSettings } from '../../src/session/index.js';
import { SessionBench } from '../support/fix-session.js';

const BERLIN: SessionSchedule = { kind: 'daily', startTime: '08:00', endTime: '17:00', timeZone: 'Europe/Berlin' };
const WEEK: SessionSchedule = {
  kind: 'weekly',
  startDay: 'sunday',
  startTime: '17:00',
  endDay: 'friday',
  endTime: '16:00',
  timeZone: 'America/New_York',
};

function benchAt(time: string, given: Partial<SessionSettings>): SessionBench {
  return new SessionBench(given).wakeAt(time);
}

const numbers = (bench: SessionBench): readonly number[] => [bench.session.nextInSeqNum, bench.session.nextOutSeqNum];

t.test('a logon outside the times is refused with the times and the next start', async t => {
  const bench = benchAt('2026-01-02T16:00:00Z', { schedule: BERLIN }).connect().receive('A', 1, '98=0|108=30|');
  const text = "outside the session's time, daily 08:00 to 17:00 Europe/Berlin; the next begins 2026-01-03T07:00:00Z";
  t.strictSame(bench.takeWire(), [`35=5|34=1|58=${text}`]);
  t.equal(bench.disconnected, text);
  t.equal(bench.session.nextInSeqNum, 1, 'the Logon took no number');
});

t.test('at the end of its time a session logs out; its numbers begin again when the connection is gone', async t => {
  const bench = benchAt('2026-01-02T15:59:50Z', { schedule: BERLIN }).logon();
  bench.receive('0', 2);
  t.strictSame(bench.pass(9.9).takeWire(), []);
  t.match(bench.pass(0.1).takeWire(), [/^35=5\|34=2\|58=outside the session's time, daily 08:00 to 17:00/]);
  t.strictSame(numbers(bench), [3, 3], 'the answer to the Logout has the old numbers');
  bench.receive('5', 3);
  t.equal(bench.disconnected, 'logged out');
  t.strictSame(numbers(bench), [1, 1]);
});

t.test('what is stored after the end has the numbers of the next period, which its start does not reset', async t => {
  const bench = benchAt('2026-01-02T15:59:00Z', { schedule: BERLIN }).logon().receive('5', 2);
  bench.wakeAt('2026-01-02T18:00:00Z');
  t.equal(bench.send('B', [[148, 'overnight']]), 1);
  bench.wakeAt('2026-01-03T07:00:00Z').logon(1);
  t.strictSame(numbers(bench), [2, 3]);
  bench.receive('2', 2, '7=1|16=1|');
  t.match(bench.takeWire(), [/^35=B\|34=1\|43=Y\|148=overnight/]);
});

for (const [name, day, start, end] of [
  ['in spring, on the day of 23 hours', '2026-03-29', '06:00', '15:00'],
  ['in autumn, on the day of 25 hours', '2026-10-25', '07:00', '16:00'],
] as const)
  t.test(`${name}, the session is open from 08:00 to 17:00 of its zone`, async t => {
    const bench = benchAt(`${day}T${start}:00Z`, { schedule: BERLIN });
    const open = (time: string): boolean =>
      bench.session.momentOf(BigInt(Date.parse(`${day}T${time}Z`)) * 1_000_000n).isOpen;
    t.strictSame([open(`${start}:00`), open(`${end}:00`), open(`${start}:00.000`)], [true, false, true]);
    const before = Date.parse(`${day}T${start}:00Z`) - 1;
    t.equal(bench.session.momentOf(BigInt(before) * 1_000_000n).isOpen, false);
    bench.logon();
    t.equal(bench.session.state, 'active');
    t.match(bench.wakeAt(`${day}T${end}:00Z`).takeWire(), [/^35=5/]);
  });

t.test('a weekly session over New Year keeps its numbers from Sunday to Friday and no longer', async t => {
  const bench = benchAt('2026-12-27T22:00:00Z', { schedule: WEEK }).logon();
  bench.receive('0', 2).receive('5', 3);
  t.strictSame(numbers(bench), [4, 3]);
  bench.wakeAt('2027-01-01T20:59:59Z').logon(4);
  t.strictSame(numbers(bench), [5, 4], 'on the first of January it is still the same week');
  bench.receive('5', 5).wakeAt('2027-01-01T21:00:00Z');
  t.strictSame(numbers(bench), [1, 1]);
  bench.connect().receive('A', 1, '98=0|108=30|');
  t.match(bench.disconnected, /the next begins 2027-01-03T22:00:00Z/);
});

t.test('asleep over a boundary with its connection, it logs out by the old numbers and begins anew', async t => {
  const bench = benchAt('2026-01-02T12:00:00Z', { schedule: BERLIN }).logon();
  bench.wakeAt('2026-01-03T12:00:00Z');
  t.match(bench.takeWire()[0], /^35=5\|34=2\|58=a new period begins: daily 08:00 to 17:00 Europe\/Berlin/);
  t.ok(bench.disconnected, 'nothing was heard for a day');
  t.strictSame(numbers(bench), [1, 1]);
  bench.logon(1);
  t.strictSame(numbers(bench), [2, 2]);
});

t.test('down over a boundary, or not, the numbers are told by when they began', async t => {
  const first = benchAt('2026-01-02T12:00:00Z', { schedule: BERLIN }).logon();
  const state = first.receive('0', 2).session.save();
  const reopen = (time: string): readonly number[] => {
    const bench = new SessionBench({ schedule: BERLIN });
    bench.session.restore(state);
    return numbers(bench.wakeAt(time));
  };
  t.strictSame(reopen('2026-01-02T15:59:59Z'), [3, 2]);
  t.strictSame(reopen('2026-01-02T16:00:00Z'), [1, 1]);
  t.strictSame(reopen('2026-01-09T12:00:00Z'), [1, 1], 'a week later, inside the times');
});

t.test('folded from its actions it has the numbers, and when they began, of the live session', async t => {
  const live = benchAt('2026-01-02T12:00:00Z', { schedule: BERLIN }).logon().receive('0', 2).receive('5', 3);
  live.wakeAt('2026-01-02T18:00:00Z').send('B', [[148, 'overnight']]);
  live.wakeAt('2026-01-03T12:00:00Z').logon(1);
  const folded = new SessionBench({ schedule: BERLIN });
  for (const [kind, first, second, began] of live.folds) {
    if (kind === 'in') folded.session.foldInbound(first);
    else if (kind === 'out') folded.session.foldOutbound(first);
    else folded.session.foldReset(first, second ?? 0, began);
  }
  t.strictSame(folded.session.save(), live.session.save());
  t.equal(live.session.beganMs, Date.parse('2026-01-02T18:00:00Z'));
});

t.test('an initiator that is connected outside its times sends no Logon and ends the connection', async t => {
  const bench = benchAt('2026-01-02T18:00:00Z', { schedule: BERLIN, role: 'initiator' }).connect();
  t.strictSame(bench.takeWire(), []);
  t.match(bench.disconnected, /^outside the session's time/);
});

t.test('at ResetSeqTime an initiator logs out and its next Logon has 141=Y; only the first one', async t => {
  const schedule = { kind: 'nonStop', resetSeqTime: '17:00' } as const;
  const bench = benchAt('2026-01-02T16:00:00Z', { schedule, role: 'initiator' }).connect();
  t.strictSame(bench.takeWire(), ['35=A|34=1|98=0|108=30|141=Y']);
  bench.receive('A', 1, '98=0|108=30|141=Y|');
  bench.session.disconnected(bench.nowNs, bench);
  bench.connect();
  t.strictSame(bench.takeWire(), ['35=A|34=2|98=0|108=30']);
  bench.receive('A', 2, '98=0|108=30|');
  const text = 'a new period begins: non-stop, numbers begin again at 17:00 UTC';
  bench.nowNs = BigInt(Date.parse('2026-01-02T16:59:59.9Z')) * 1_000_000n;
  bench.receive('0', 3);
  t.strictSame(bench.pass(0.1).takeWire(), [`35=5|34=3|58=${text}`]);
  bench.receive('5', 4).connect();
  t.strictSame(bench.takeWire(), ['35=A|34=1|98=0|108=30|141=Y']);
});

t.test('at ResetSeqTime an acceptor waits for its counterparty, and begins anew when the connection ends', async t => {
  const schedule = { kind: 'nonStop', resetSeqTime: '17:00' } as const;
  const bench = benchAt('2026-01-02T16:59:59Z', { schedule }).logon();
  bench.pass(2);
  t.strictSame(bench.takeWire(), []);
  bench.receive('A', 1, '98=0|108=30|141=Y|');
  t.strictSame(bench.takeWire(), ['35=A|34=1|98=0|108=30|141=Y']);
  const other = benchAt('2026-01-02T16:59:59Z', { schedule }).logon().pass(2);
  other.session.disconnected(other.nowNs, other);
  t.strictSame(numbers(other), [1, 1]);
});

t.test('DisconnectOnError ends in a Logout instead of a Reject, ResetOnError begins the numbers again too', async t => {
  const faulty = (given: Partial<SessionSettings>): SessionBench =>
    new SessionBench(given).logon().receive('0', 2, '9999=1|');
  const kept = faulty({ disconnectOnError: true });
  t.strictSame(kept.takeWire(), ['35=5|34=2|58=Invalid tag number (9999)']);
  t.equal(kept.disconnected, 'Invalid tag number');
  t.strictSame([numbers(kept), kept.refusals], [[3, 3], ['2: Invalid tag number (9999)']]);
  t.strictSame(numbers(faulty({ resetOnError: true })), [1, 1]);
});
