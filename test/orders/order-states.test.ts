import t, { type Test } from 'tap';

import { ScriptedLane } from '../support/scripted-lane.js';

/**
 * The order state matrices of the standard (FIX 4.2 and 4.4, Appendix D; the older ones of 4.1): what a venue reports step by step in every
 * version, and beside each step where the order then stands. In all of them the position is CumQty and what is reserved is LeavesQty.
 */
const VERSIONS = ['FIX.4.0', 'FIX.4.1', 'FIX.4.2', 'FIX.4.3', 'FIX.4.4', 'FIX.5.0', 'FIX.5.0SP1', 'FIX.5.0SP2'];
const UNIT = 100_000_000n;
const LIMITS = {
  firm: { maxQuantity: '20000' },
  accounts: { A1: { maxQuantity: '20000', maxPosition: '900000', grossNotional: '90000000.00' } },
  symbols: { ACME: {} },
};

const STATUS = {
  new: '0',
  partial: '1',
  filled: '2',
  doneForDay: '3',
  canceled: '4',
  pendingCancel: '6',
  stopped: '7',
  rejected: '8',
  suspended: '9',
  pendingNew: 'A',
  calculated: 'B',
  expired: 'C',
  pendingReplace: 'E',
} as const;

type Event = keyof typeof STATUS | 'trade' | 'bust' | 'correct' | 'status' | 'restated' | 'replaced';
type Status = keyof typeof STATUS;

/** What the venue says: of the order under the id it names, and of a trade its quantity and price. */
interface Said {
  readonly says: Event;
  readonly is: Status;
  readonly cum: number;
  readonly leaves: number;
  readonly last?: number;
  readonly px?: string;
  /** Of the newest F or G instead of the order. */
  readonly ofRequest?: boolean;
  /** OrderQty (38) of the report; 10,000 unless told. */
  readonly quantity?: number;
  /** Reserved beyond LeavesQty: by a replace that waits for its answer. */
  readonly pending?: number;
}

interface Asked {
  readonly asks: 'F' | 'G';
  readonly quantity: number;
  /** Reserved meanwhile. */
  readonly open: number;
}

interface CancelRejected {
  readonly rejects: Status;
  readonly open: number;
}

type Step = Said | Asked | CancelRejected;

const said = (says: Event, is: Status, cum: number, leaves: number, more: Partial<Said> = {}): Said => ({
  says,
  is,
  cum,
  leaves,
  ...more,
});
const traded = (last: number, is: Status, cum: number, leaves: number, more: Partial<Said> = {}): Said =>
  said('trade', is, cum, leaves, { last, px: '10', ...more });
const acknowledged = said('new', 'new', 0, 10_000);
const ofRequest = { ofRequest: true };

interface Matrix {
  readonly steps: readonly Step[];
  /** TimeInForce (59) of the order. */
  readonly timeInForce?: string;
  /** The first version whose words can say it. */
  readonly from?: string;
}

const MATRICES: Readonly<Record<string, Matrix>> = {
  'D1, filled': {
    steps: [
      said('pendingNew', 'pendingNew', 0, 10_000),
      acknowledged,
      traded(2_000, 'partial', 2_000, 8_000),
      traded(8_000, 'filled', 10_000, 0),
    ],
  },
  'D2, a day order, part-filled, done for day': {
    steps: [acknowledged, traded(2_000, 'partial', 2_000, 8_000), said('doneForDay', 'doneForDay', 2_000, 0)],
  },
  'rejected by the venue': { steps: [said('rejected', 'rejected', 0, 0)] },
  'D3, a cancel that is accepted after it was pending': {
    steps: [
      acknowledged,
      { asks: 'F', quantity: 10_000, open: 10_000 },
      said('pendingCancel', 'pendingCancel', 0, 10_000, ofRequest),
      said('canceled', 'canceled', 0, 0, ofRequest),
    ],
  },
  'D4, fills while the cancel is pending': {
    steps: [
      acknowledged,
      traded(2_000, 'partial', 2_000, 8_000),
      { asks: 'F', quantity: 10_000, open: 8_000 },
      traded(3_000, 'partial', 5_000, 5_000),
      said('pendingCancel', 'pendingCancel', 5_000, 5_000, ofRequest),
      traded(1_000, 'pendingCancel', 6_000, 4_000),
      said('canceled', 'canceled', 6_000, 0, ofRequest),
    ],
  },
  'D5, filled before the cancel, which is rejected': {
    steps: [
      acknowledged,
      { asks: 'F', quantity: 10_000, open: 10_000 },
      said('pendingCancel', 'pendingCancel', 0, 10_000, ofRequest),
      traded(10_000, 'filled', 10_000, 0),
      { rejects: 'filled', open: 0 },
    ],
  },
  'a cancel rejected when it was pending leaves the order as it was': {
    steps: [
      acknowledged,
      { asks: 'F', quantity: 10_000, open: 10_000 },
      said('pendingCancel', 'pendingCancel', 0, 10_000, ofRequest),
      { rejects: 'new', open: 10_000 },
      traded(4_000, 'partial', 4_000, 6_000),
    ],
  },
  'D7, a replace to more, filled while it is pending': {
    steps: [
      acknowledged,
      traded(1_000, 'partial', 1_000, 9_000),
      { asks: 'G', quantity: 12_000, open: 9_000 + 11_000 },
      said('pendingReplace', 'pendingReplace', 1_000, 9_000, { ofRequest: true, pending: 11_000 }),
      traded(100, 'pendingReplace', 1_100, 8_900, { pending: 10_900 }),
      said('replaced', 'partial', 1_100, 10_900, { ofRequest: true, quantity: 12_000 }),
      traded(10_900, 'filled', 12_000, 0, { ofRequest: true, quantity: 12_000 }),
    ],
  },
  'D11, a replace down to what is filled already': {
    steps: [
      acknowledged,
      { asks: 'G', quantity: 7_000, open: 17_000 },
      traded(7_000, 'partial', 7_000, 3_000),
      said('replaced', 'filled', 7_000, 0, { ofRequest: true, quantity: 7_000 }),
    ],
  },
  'D12, a replace below what is filled already': {
    steps: [
      acknowledged,
      { asks: 'G', quantity: 7_000, open: 17_000 },
      traded(8_000, 'partial', 8_000, 2_000),
      said('replaced', 'filled', 8_000, 0, { ofRequest: true, quantity: 8_000 }),
    ],
  },
  'D15, a replace rejected after it was pending, then one that is accepted': {
    steps: [
      acknowledged,
      { asks: 'G', quantity: 8_000, open: 18_000 },
      said('pendingReplace', 'pendingReplace', 0, 10_000, { ofRequest: true, pending: 8_000 }),
      { rejects: 'new', open: 10_000 },
      { asks: 'G', quantity: 6_000, open: 16_000 },
      said('replaced', 'new', 0, 6_000, { ofRequest: true, quantity: 6_000 }),
    ],
  },
  'an unsolicited cancel of what is left': {
    steps: [acknowledged, traded(2_000, 'partial', 2_000, 8_000), said('canceled', 'canceled', 2_000, 0)],
  },
  'expired with part of it filled': {
    steps: [acknowledged, traded(2_000, 'partial', 2_000, 8_000), said('expired', 'expired', 2_000, 0)],
  },
  'stopped, then filled': {
    steps: [acknowledged, said('stopped', 'stopped', 0, 10_000), traded(10_000, 'filled', 10_000, 0)],
  },
  'suspended, then taken up again and filled in part': {
    steps: [acknowledged, said('suspended', 'suspended', 0, 10_000), acknowledged, traded(10, 'partial', 10, 9_990)],
  },
  'calculated after it was filled': {
    steps: [acknowledged, traded(10_000, 'filled', 10_000, 0), said('calculated', 'calculated', 10_000, 0)],
  },
  'a status is no change': {
    steps: [acknowledged, traded(2_000, 'partial', 2_000, 8_000), said('status', 'partial', 2_000, 8_000)],
  },
  'D27, good till cancel over the night, restated': {
    timeInForce: '1',
    from: 'FIX.4.2',
    steps: [
      acknowledged,
      traded(2_000, 'partial', 2_000, 8_000),
      said('doneForDay', 'doneForDay', 2_000, 8_000),
      said('restated', 'partial', 2_000, 8_000),
      traded(1_000, 'partial', 3_000, 7_000),
    ],
  },
  'D34, busts and corrects of a filled order': {
    steps: [
      acknowledged,
      traded(1_000, 'partial', 1_000, 9_000),
      traded(9_000, 'filled', 10_000, 0),
      said('bust', 'partial', 9_000, 1_000, { last: 0, px: '0' }),
      said('correct', 'partial', 9_000, 1_000, { last: 9_000, px: '11' }),
      traded(1_000, 'filled', 10_000, 0),
      said('correct', 'filled', 10_000, 0, { last: 9_000, px: '12' }),
    ],
  },
  'D35, a canceled order whose fill is busted, and a new one': {
    steps: [
      acknowledged,
      traded(5_000, 'partial', 5_000, 5_000),
      { asks: 'F', quantity: 10_000, open: 5_000 },
      said('canceled', 'canceled', 5_000, 0, ofRequest),
      said('bust', 'canceled', 0, 0, { last: 0, px: '0' }),
      traded(4_000, 'canceled', 4_000, 0),
    ],
  },
  'D36, corrects of a good-till-cancel order on two days': {
    timeInForce: '1',
    from: 'FIX.4.2',
    steps: [
      acknowledged,
      traded(2_000, 'partial', 2_000, 8_000),
      said('doneForDay', 'doneForDay', 2_000, 8_000),
      said('restated', 'partial', 2_000, 8_000),
      traded(1_000, 'partial', 3_000, 7_000),
      said('correct', 'partial', 2_500, 7_500, { last: 1_500, px: '10' }),
      said('correct', 'partial', 2_000, 8_000, { last: 500, px: '10' }),
    ],
  },
  'restated: the venue took a part of the quantity back': {
    from: 'FIX.4.2',
    steps: [
      acknowledged,
      traded(2_000, 'partial', 2_000, 8_000),
      said('restated', 'partial', 2_000, 3_000, { quantity: 5_000 }),
      traded(3_000, 'filled', 5_000, 0, { quantity: 5_000 }),
    ],
  },
  'restated after it was done for day: it lives again': {
    from: 'FIX.4.2',
    steps: [
      acknowledged,
      said('doneForDay', 'doneForDay', 0, 0),
      said('restated', 'new', 0, 10_000),
      traded(10_000, 'filled', 10_000, 0),
    ],
  },
};

const TRANS_TYPE: Readonly<Partial<Record<Event, string>>> = { bust: '1', correct: '2', status: '3' };
const EXEC_TYPE: Readonly<Partial<Record<Event, string>>> = {
  trade: 'F',
  bust: 'H',
  correct: 'G',
  status: 'I',
  restated: 'D',
  replaced: '5',
};

let executions = 0;

/** OrdStatus (39) as a version has it. */
function ordStatus(version: string, status: Status): string {
  return status === 'pendingReplace' && version < 'FIX.4.2' ? '6' : STATUS[status];
}

/** ExecTransType, ExecType and OrdStatus of a report, as a version has them. */
function words(version: string, { says, is }: Said): Record<number, string> {
  const status = ordStatus(version, is);
  if (version >= 'FIX.4.3') return { 150: EXEC_TYPE[says] ?? ordStatus(version, says as Status), 39: status };
  const transType = { 20: TRANS_TYPE[says] ?? '0' };
  // Up to 4.2 a replaced order may be said to be Replaced; in 4.0 nothing else says that it was.
  if (version === 'FIX.4.0') return { ...transType, 39: says === 'replaced' && is !== 'filled' ? '5' : status };
  const trade = is === 'filled' ? '2' : '1';
  const isTrade = says === 'trade' || says === 'bust' || says === 'correct';
  const execType = says === 'status' ? status : (EXEC_TYPE[says] ?? ordStatus(version, says as Status));
  return { ...transType, 150: isTrade ? trade : execType, 39: status };
}

class Script {
  readonly lane: ScriptedLane;
  readonly version: string;
  /** Ids at the venue and at the client: of the order, and of the newest request. */
  #order = '';
  #request = '';
  #named = '';
  #wanted = '';
  #orders = 0;
  #asked = 0;
  /** What was held before the order in hand. */
  before = { position: 0n, openBuy: 0n };

  constructor(version: string) {
    this.version = version;
    this.lane = new ScriptedLane({ client: version, venue: version, limits: LIMITS });
  }

  /** Sends another order. */
  start(timeInForce: string | undefined): void {
    this.#named = `X${++this.#orders}`;
    const { position, openBuy } = this.lane.state();
    this.before = { position, openBuy };
    const body = { ...this.#body(10_000), 11: this.#named, 59: timeInForce ?? '0' };
    const { atVenue } = this.lane.order('D', body);
    this.#order = atVenue[0]?.get(11) ?? '';
  }

  #body(quantity: number): Record<number, string> {
    return {
      1: 'A1',
      21: '1',
      38: String(quantity),
      40: '2',
      44: '10',
      54: '1',
      55: 'ACME',
      ...(this.version >= 'FIX.4.2' && { 60: '20260102-10:00:00' }),
    };
  }

  /** Plays a step and says where the client was told that the order stands. */
  play(step: Step): string | undefined {
    if ('asks' in step) return this.#ask(step);
    if ('rejects' in step) return this.#reject(step.rejects);
    const { cum, leaves, last, px = '0', quantity = 10_000, ofRequest = false } = step;
    const needs40 = this.version < 'FIX.4.2';
    const { atClient } = this.lane.report('8', {
      37: 'V1',
      11: ofRequest ? this.#request : this.#order,
      // An int in FIX.4.0.
      17: String(++executions),
      ...words(this.version, step),
      55: 'ACME',
      54: '1',
      38: String(quantity),
      14: String(cum),
      ...(this.version > 'FIX.4.0' && { 151: String(leaves) }),
      6: cum > 0 ? '10' : '0',
      ...((last !== undefined || needs40) && { 32: String(last ?? 0), 31: px }),
      ...(ofRequest && this.version > 'FIX.4.0' && { 41: this.#order }),
    });
    if (step.says === 'replaced') [this.#order, this.#named] = [this.#request, this.#wanted];
    return atClient[0]?.get(39);
  }

  #ask({ asks, quantity }: Asked): undefined {
    const body = this.#body(quantity);
    const absent = asks === 'G' ? [] : this.version < 'FIX.4.2' ? [1, 21, 40, 44] : [21, 40, 44];
    for (const tag of absent) delete body[tag];
    const cancel = asks === 'F' && this.version === 'FIX.4.0' ? { 125: 'F' } : {};
    this.#wanted = `Y${++this.#asked}`;
    const { atVenue } = this.lane.order(asks, { ...body, ...cancel, 11: this.#wanted, 41: this.#named });
    this.#request = atVenue[0]?.get(11) ?? '';
    return undefined;
  }

  #reject(status: Status): string | undefined {
    const { atClient } = this.lane.report('9', {
      37: 'V1',
      11: this.#request,
      102: '0',
      ...(this.version > 'FIX.4.0' && { 41: this.#order, 39: ordStatus(this.version, status) }),
      ...(this.version > 'FIX.4.1' && { 434: '1' }),
    });
    return atClient[0]?.get(35) === '9' ? ordStatus(this.version, status) : undefined;
  }
}

function check(t: Test, script: Script, step: Step, at: string): void {
  const told = script.play(step);
  const { position, openBuy } = script.lane.state();
  const open = (openBuy - script.before.openBuy) / UNIT;
  if ('asks' in step) return void t.equal(open, BigInt(step.open), `${at}: reserved`);
  if ('rejects' in step) {
    t.equal(told, ordStatus(script.version, step.rejects), `${at}: the client reads of it`);
    return void t.equal(open, BigInt(step.open), `${at}: reserved`);
  }
  t.equal(told, words(script.version, step)[39], `${at}: OrdStatus at the client`);
  t.equal((position - script.before.position) / UNIT, BigInt(step.cum), `${at}: position`);
  t.equal(open, BigInt(step.leaves + (step.pending ?? 0)), `${at}: reserved`);
}

for (const version of VERSIONS)
  t.test(`${version}: after each report position and reservation are what the standard's matrix says`, async t => {
    const script = new Script(version);
    for (const [title, { steps, timeInForce, from = 'FIX.4.0' }] of Object.entries(MATRICES)) {
      if (version < from) continue;
      script.start(timeInForce);
      steps.forEach((step, index) => check(t, script, step, `${title}, step ${index + 1}`));
      t.equal(script.lane.counter('leavesBroken'), 0, `${title}: the numbers add up`);
      t.notOk(script.lane.state().isHalted, `${title}: nothing is halted`);
    }
    const live = script.lane.state();
    for (const from of ['frames', 'snapshot'] as const) {
      script.lane.restart(from);
      t.strictSame(script.lane.state(), live, `folded from its ${from} it is what it was live`);
    }
    script.lane.close();
  });
