import t from 'tap';

import { ScriptedLane, type Body } from '../support/scripted-lane.js';

const VERSIONS = ['FIX.4.0', 'FIX.4.1', 'FIX.4.2', 'FIX.4.3', 'FIX.4.4', 'FIX.5.0', 'FIX.5.0SP1', 'FIX.5.0SP2'];
const UNIT = 100_000_000n;

type Words = readonly [execTransType: string | undefined, execType: string | undefined, ordStatus: string];

/** The steps of one order's life, as each version says them: ExecTransType (20), ExecType (150), OrdStatus (39). */
type Step = 'new' | 'trade' | 'correct' | 'bust' | 'status' | 'pendingReplace' | 'replaced' | 'filled' | 'canceled';
const BEFORE_41: Readonly<Record<Step, Words>> = {
  new: ['0', undefined, '0'],
  trade: ['0', undefined, '1'],
  correct: ['2', undefined, '1'],
  bust: ['1', undefined, '0'],
  status: ['3', undefined, '0'],
  pendingReplace: ['0', undefined, '6'],
  replaced: ['0', undefined, '5'],
  filled: ['0', undefined, '2'],
  canceled: ['0', undefined, '4'],
};
const BEFORE_42: Readonly<Record<Step, Words>> = {
  new: ['0', '0', '0'],
  trade: ['0', '1', '1'],
  correct: ['2', '1', '1'],
  bust: ['1', '1', '0'],
  status: ['3', '0', '0'],
  pendingReplace: ['0', '6', '6'],
  replaced: ['0', '5', '0'],
  filled: ['0', '2', '2'],
  canceled: ['0', '4', '4'],
};
const BEFORE_43: Readonly<Record<Step, Words>> = { ...BEFORE_42, pendingReplace: ['0', 'E', 'E'] };
const SINCE_43: Readonly<Record<Step, Words>> = {
  new: [undefined, '0', '0'],
  trade: [undefined, 'F', '1'],
  correct: [undefined, 'G', '1'],
  bust: [undefined, 'H', '0'],
  status: [undefined, 'I', '0'],
  pendingReplace: [undefined, 'E', 'E'],
  replaced: [undefined, '5', '0'],
  filled: [undefined, 'F', '2'],
  canceled: [undefined, '4', '4'],
};

function wordsOf(version: string): Readonly<Record<Step, Words>> {
  if (version === 'FIX.4.0') return BEFORE_41;
  if (version === 'FIX.4.1') return BEFORE_42;
  return version === 'FIX.4.2' ? BEFORE_43 : SINCE_43;
}

/** What a client of a version reads of a step; before 4.2 a venue cannot say which of both a pending request is. */
function readIn(client: string, venue: string, step: Step): Words {
  const words = wordsOf(client)[step];
  if (step !== 'pendingReplace' || venue >= 'FIX.4.2') return words;
  return [words[0], words[1] === undefined ? undefined : '6', '6'];
}

/** CumQty, LeavesQty, LastQty of an order of 100 that is replaced to 80. */
const NUMBERS: Readonly<Record<Step, readonly [cum: string, leaves: string, last?: string]>> = {
  new: ['0', '100'],
  trade: ['40', '60', '40'],
  correct: ['50', '50', '50'],
  bust: ['0', '100', '0'],
  status: ['0', '100'],
  pendingReplace: ['0', '100'],
  replaced: ['0', '80'],
  filled: ['80', '0', '80'],
  canceled: ['0', '0'],
};

let executions = 0;

function reportOf(venue: string, step: Step, ids: Readonly<Record<number, string>>): Body {
  const [execTransType, execType, ordStatus] = wordsOf(venue)[step];
  const [cum, leaves, last] = NUMBERS[step];
  return {
    37: 'V1',
    ...ids,
    17: String(++executions),
    ...(execTransType !== undefined && { 20: execTransType }),
    ...(execType !== undefined && { 150: execType }),
    39: ordStatus,
    55: 'ACME',
    54: '1',
    38: step === 'replaced' || step === 'filled' ? '80' : '100',
    14: cum,
    ...(venue > 'FIX.4.0' && { 151: leaves }),
    6: cum === '0' ? '0' : '10',
    ...((last !== undefined || venue < 'FIX.4.2') && { 32: last ?? '0', 31: '10' }),
    58: 'words of the venue',
  };
}

const orderOf = (client: string): Record<number, string> => ({
  1: 'A1',
  ...(client < 'FIX.4.4' && { 21: '1' }),
  38: '100',
  40: '2',
  44: '10',
  54: '1',
  55: 'ACME',
  ...(client >= 'FIX.4.2' && { 60: '20260102-10:00:00' }),
});

function cancelOf(client: string): Record<number, string> {
  const { 38: quantity, 54: side, 55: symbol, 60: time } = orderOf(client);
  const more = client === 'FIX.4.0' ? { 125: 'F' } : {};
  return { 38: quantity ?? '', 54: side ?? '', 55: symbol ?? '', ...(time !== undefined && { 60: time }), ...more };
}

for (const client of VERSIONS)
  t.test(`a client of ${client} and a venue of any version read every step in their own words`, async t => {
    for (const venue of VERSIONS) {
      const lane = new ScriptedLane({ client, venue });
      const at = (what: string): string => `venue ${venue}, ${what}`;
      const play = (step: Step, ids: Readonly<Record<number, string>>): void => {
        const { atClient } = lane.report('8', reportOf(venue, step, ids));
        const told = atClient[0];
        t.strictSame(
          [20, 150, 39].map(tag => told?.get(tag)),
          readIn(client, venue, step),
          at(step),
        );
        t.equal(told?.get(58), 'words of the venue', at(`${step}: its Text`));
      };
      const order = lane.order('D', { ...orderOf(client), 11: 'X' }).atVenue[0]?.get(11) ?? '';
      for (const step of ['new', 'trade', 'correct', 'bust', 'status'] as const) play(step, { 11: order });
      const asked = { ...orderOf(client), 21: '1', 38: '80', 11: 'Y', 41: 'X' };
      const replace = lane.order('G', asked).atVenue[0]?.get(11) ?? '';
      const ids = { 11: replace, ...(venue > 'FIX.4.0' && { 41: order }) };
      for (const step of ['pendingReplace', 'replaced', 'filled'] as const) play(step, ids);
      t.equal(lane.state().position, 80n * UNIT, at('position'));
      t.equal(lane.state().openBuy, 0n, at('nothing is reserved'));

      const second = lane.order('D', { ...orderOf(client), 11: 'X2' }).atVenue[0]?.get(11) ?? '';
      lane.report('8', reportOf(venue, 'new', { 11: second }));
      const cancel = lane.order('F', { ...cancelOf(client), 11: 'Y2', 41: 'X2' }).atVenue[0]?.get(11) ?? '';
      const reject = { 37: 'V1', 11: cancel, ...(venue > 'FIX.4.0' && { 41: second, 39: '0' }), 102: '0' };
      const [told] = lane.report('9', { ...reject, ...(venue > 'FIX.4.1' && { 434: '1' }) }).atClient;
      t.equal(told?.get(11), 'Y2', at('the cancel is rejected'));
      t.equal(told?.get(434), client > 'FIX.4.1' ? '1' : undefined, at('CxlRejResponseTo'));
      const again = lane.order('F', { ...cancelOf(client), 11: 'Y3', 41: 'X2' }).atVenue[0]?.get(11) ?? '';
      play('canceled', { 11: again, ...(venue > 'FIX.4.0' && { 41: second }) });

      const [refused] = lane.order('D', { ...orderOf(client), 11: 'X3', 38: '2000' }).atClient;
      t.match(refused?.get(58), /^maxQuantity/, at('an order that the gate refuses'));
      const [unknown] = lane.order('F', { ...cancelOf(client), 11: 'Y4', 41: 'nowhere' }).atClient;
      t.equal(unknown?.get(35), '9', at('a cancel of no order'));
      t.strictSame([lane.client.faults, lane.venue.faults], [[], []], at('every message is one of its version'));
      t.strictSame(lane.warnings, [], at('nothing to warn of'));
      lane.close();
    }
  });
