import t, { type Test } from 'tap';

import { builtInDictionaries, utcTimestampText } from '../../src/codec/index.js';
import { createTail } from '../../src/journal/index.js';
import { FRAME_TYPE } from '../../src/model/index.js';
import { BatchClock } from '../../src/observe/index.js';
import { createLaneMeterMemory, type SessionRules } from '../../src/orders/index.js';
import { Lane } from '../../src/orders/lane.js';
import type { LaneApplication, LaneSession } from '../../src/orders/lane-session.js';
import { openLane, type OpenedLane } from '../../src/orders/open-lane.js';
import { saveLane } from '../../src/orders/save-lane.js';
import { createDoorbell } from '../../src/ring/index.js';
import type { Transport } from '../../src/trading/index.js';
import { essence, fixBytes } from '../support/fix-session.js';
import { testLaneOptions } from '../support/lane-options.js';

const BERLIN = { kind: 'daily', startTime: '08:00', endTime: '17:00', timeZone: 'Europe/Berlin' } as const;

class SetClock extends BatchClock {
  nowNs = 0n;

  override read(): bigint {
    return this.nowNs;
  }
}

/** A lane on a clock that is set, with one client that is bytes. */
class TimedLane {
  readonly clock = new SetClock();
  readonly wire: string[] = [];
  opened!: OpenedLane;
  lane!: Lane;

  constructor(
    private readonly directory: string,
    private readonly rules: SessionRules,
  ) {}

  get client(): LaneSession {
    return this.opened.clients[0] as LaneSession;
  }

  get numbers(): readonly number[] {
    return [this.client.session.nextInSeqNum, this.client.session.nextOutSeqNum];
  }

  /** Opens the ledger as a process that starts at this time does. */
  open(time: string): this {
    const forward: LaneApplication = {
      application: (from, message) => this.lane.application(from, message),
      mayResend: (from, sent) => this.lane.mayResend(from, sent),
      beforeResend: () => this.lane.beforeResend(),
      reset: from => this.lane.reset(from),
      rejected: () => {},
      refused: () => {},
      wanted: () => true,
      gapFilled: () => {},
      throttled: () => {},
      event: () => {},
      passedOver: () => {},
    };
    const client = { beginString: 'FIX.4.4', senderCompID: 'DESK', targetCompID: 'CLIENT', rules: this.rules };
    const options = testLaneOptions({
      directory: this.directory,
      retainBytes: 64 << 20,
      limits: { firm: {}, accounts: {}, symbols: {} },
      clients: { host: '', port: 0, sessions: [client] },
      venue: { hosts: [], reconnect: { firstMs: 1, maxMs: 1 } },
      memory: {
        tail: createTail(1 << 20),
        meter: createLaneMeterMemory(),
        bell: createDoorbell(),
        readerBells: [],
        priceRing: undefined,
        loadRing: undefined,
      },
    });
    this.opened = openLane(options, { dictionaries: builtInDictionaries, application: forward, rules: [] });
    const host = { clock: this.clock, drain: () => {}, wakeReaders: () => {}, waitsForSync: false } as const;
    this.lane = new Lane(this.opened.context, { ...host, resendOrdersWithinNs: 0n, event: () => {} });
    return this.at(time);
  }

  /** Time passes at once; the timer ticks. */
  at(time: string): this {
    this.clock.nowNs = BigInt(Date.parse(time)) * 1_000_000n;
    this.lane.tick();
    return this;
  }

  logOn(msgSeqNum: number): this {
    const transport: Transport = {
      remote: '',
      peerNames: [],
      bufferedBytes: 0,
      write: bytes => this.wire.push(essence(bytes)),
      send: bytes => this.wire.push(essence(bytes)),
      close: () => {},
    };
    this.lane.connected(this.client, transport);
    return this.receive('A', msgSeqNum, '98=0|108=30|');
  }

  receive(msgType: string, msgSeqNum: number, rest = ''): this {
    const time = utcTimestampText(this.clock.nowNs, 3);
    const bytes = fixBytes('FIX.4.4', `35=${msgType}|34=${msgSeqNum}|49=CLIENT|52=${time}|56=DESK|${rest}`);
    this.lane.receive(this.client, bytes);
    return this;
  }

  hangUp(): this {
    this.lane.disconnected(this.client, 'gone');
    return this;
  }

  /** The process ends as by a kill: what is committed stays. */
  kill(): this {
    this.opened.context.group.journal.close();
    return this;
  }

  /** What the ledger alone says, from the snapshot if there is one, else from the first frame. */
  folded(): unknown {
    const { folded } = this.open(new Date(Number(this.clock.nowNs / 1_000_000n)).toISOString()).client;
    this.kill();
    return folded;
  }
}

function timedLane(t: Test, rules: SessionRules = { schedule: BERLIN }): TimedLane {
  return new TimedLane(t.testdir({}), rules);
}

t.test('started again in the same period a session goes on, after its end it begins anew', async t => {
  const lane = timedLane(t).open('2026-01-02T12:00:00Z').logOn(1).receive('0', 2).kill();
  t.strictSame(lane.open('2026-01-02T15:59:59Z').numbers, [3, 2]);
  t.strictSame(lane.kill().open('2026-01-02T16:00:00Z').numbers, [1, 1], '17:00 in Berlin');
  lane.kill();
});

t.test('awake over the boundary the ledger folds to the numbers of the new period, and so does a snapshot', async t => {
  const lane = timedLane(t).open('2026-01-02T12:00:00Z').logOn(1).receive('0', 2);
  lane.at('2026-01-02T16:00:00Z');
  t.match(lane.wire.at(-1), /^35=5\|34=2\|58=outside the session's time, daily 08:00 to 17:00 Europe\/Berlin/);
  lane.receive('5', 3).hangUp();
  t.strictSame(lane.numbers, [1, 1]);
  const live = lane.client.folded;
  t.strictSame(live, { nextIn: 1, nextOut: 1, beganMs: Date.parse('2026-01-02T16:00:00Z') });
  t.strictSame(lane.kill().folded(), live);
  saveLane(lane.open('2026-01-02T18:00:00Z').opened);
  t.strictSame(lane.kill().folded(), live);
});

t.test('a report written first thing behind the boundary has the first number of the next period', async t => {
  const lane = timedLane(t).open('2026-01-02T12:00:00Z').logOn(1).hangUp();
  lane.clock.nowNs = BigInt(Date.parse('2026-01-02T16:00:00Z')) * 1_000_000n;
  lane.lane.begin();
  const { client } = lane;
  const note = (encoder: { field(tag: number, value: string): unknown }): unknown => encoder.field(148, 'late');
  t.equal(client.session.send('B', note as never, lane.clock.nowNs, client), 1);
  client.endGroup();
  lane.lane.commit();
  lane.kill();
  t.strictSame(lane.open('2026-01-03T12:00:00Z').numbers, [1, 2], 'it waits for the next logon');
  lane.logOn(1).receive('2', 2, '7=1|16=1|');
  t.match(lane.wire.at(-1), /^35=B\|34=1\|43=Y\|148=late/);
  lane.kill();
});

t.test(
  'a session that resets on each disconnect has its numbers, and when they began, from the ledger too',
  async t => {
    const lane = timedLane(t, { resetOnDisconnect: true })
      .open('2026-01-02T12:00:00Z')
      .logOn(1)
      .receive('0', 2)
      .hangUp();
    const live = lane.client.folded;
    t.strictSame(live, { nextIn: 1, nextOut: 1, beganMs: Date.parse('2026-01-02T12:00:00Z') });
    t.strictSame(lane.kill().folded(), live);
  },
);

t.test('a session frame of 12 bytes, which does not say when the numbers began, leaves that as it was', async t => {
  const lane = timedLane(t, {}).open('2026-01-02T12:00:00Z');
  const { group } = lane.opened.context;
  const offset = group.reserve({ type: FRAME_TYPE.session, topic: 0, source: lane.client.index }, 12);
  const { buffer, byteOffset } = group.journal.staging;
  new Uint32Array(buffer, byteOffset + offset, 3).set([7, 9, 0]);
  group.end();
  lane.lane.commit();
  t.strictSame(lane.kill().folded(), { nextIn: 7, nextOut: 9, beganMs: 0 });
});
