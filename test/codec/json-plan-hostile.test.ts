import t from 'tap';

import { chooseRecord, compileCopybook, compileJsonPlan, viewChoices, type JsonPlan } from '../../src/codec/index.js';
import { loadAddon } from '../../src/native/index.js';
import { SeededRandom } from '../support/fuzz.js';

const addon = loadAddon('prefer');
const skip = addon === undefined ? 'the addon is not built' : false;

const TEXT = `       01 R.
          05 KIND PIC X.
             88 IS-A VALUE 'A'.
          05 N PIC 9.
          05 T OCCURS 0 TO 3 DEPENDING ON N.
             10 U PIC X(2).
                88 IS-U VALUE 'U'.
             10 V REDEFINES U PIC 9(2).
          05 A PIC S9(4) COMP OCCURS 2.
             88 IS-BIG VALUE 100 THRU 9999.
          05 Z PIC S9(3) COMP-3.
       66 L RENAMES Z.
`;

function planOf(): JsonPlan {
  const layout = chooseRecord(compileCopybook(TEXT, { file: 'x.cpy', codePage: 'ascii' }), undefined);
  const choices = viewChoices(layout, [{ record: 'V', when: [{ KIND: ['N'] }] }]);
  return compileJsonPlan(layout, { conditions: true, renames: true, choices, isNullable: () => true });
}

type Parts = Omit<JsonPlan, 'layout' | 'recordSize' | 'textSizeMax' | 'registerCount' | 'flagCount' | 'nullsMax'>;

function partsOf(plan: JsonPlan): { shape: Int32Array; parts: Parts } {
  const { layout: _, recordSize, textSizeMax, registerCount, flagCount, nullsMax, ...parts } = plan;
  return { shape: Int32Array.of(recordSize, textSizeMax, registerCount, flagCount, nullsMax), parts };
}

const RECORD = Buffer.from('A3UU12xx\x00\x01\x00\x02\x12\x3c', 'latin1');
const CANARY = 0xee;

/** Opens and runs a plan; whether it was refused, and whether it wrote behind the room it was given. */
function run(shape: Int32Array, parts: Parts, textSizeMax: number): { refused: boolean; overrun: boolean } {
  const whole = Buffer.alloc(textSizeMax * 2 + 4096, CANARY);
  const result = new Int32Array(3 + (1 + 4096 + 16) * 4);
  try {
    const write = addon!.openJsonPlan({ shape, ...parts });
    write(RECORD, Int32Array.of(0), Int32Array.of(RECORD.length), 1, 0, true, whole.subarray(0, textSizeMax), result);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { refused: true, overrun: false };
  }
  return { refused: false, overrun: whole.subarray(textSizeMax).some(byte => byte !== CANARY) };
}

t.test('a plan runs; one whose sizes are too small or too large is refused when it is opened', { skip }, async t => {
  const plan = planOf();
  const { shape, parts } = partsOf(plan);
  t.strictSame(run(shape, parts, plan.textSizeMax), { refused: false, overrun: false });
  for (const [index, value] of [
    [0, 0],
    [0, 2],
    [1, 10],
    [1, -1],
    [2, 0],
    [2, 0x7fffffff],
    [3, 1],
    [3, 0x7fffffff],
    [4, -1],
    [4, 0x7fffffff],
  ] as const) {
    const hostile = Int32Array.from(shape);
    hostile[index] = value;
    t.ok(run(hostile, parts, plan.textSizeMax).refused, `shape[${index}] = ${value}`);
  }
});

t.test('a plan of which any integers were changed is refused, or stays inside its bytes', { skip }, async t => {
  const random = new SeededRandom(20260101);
  const plan = planOf();
  const { shape, parts } = partsOf(plan);
  let refused = 0;
  for (let round = 0; round < 4_000; round++) {
    const part = random.pick(['ops', 'ops', 'ops', 'leaves', 'tests', 'alternatives'] as const);
    const changed = Int32Array.from(parts[part]);
    for (let count = 1 + random.below(2); count > 0; count--)
      changed[random.below(changed.length)] = random.pick([
        -1, 0, 1, 2, 3, 7, 8, 16, 40, 64, 1000, 0x7fffffff, -0x80000000,
      ]);
    const done = run(shape, { ...parts, [part]: changed }, plan.textSizeMax);
    if (done.refused) refused++;
    if (done.overrun) t.fail(`${part}: ${[...changed].join(' ')} wrote behind its room`);
  }
  t.ok(refused > 1_000 && refused < 4_000, `${refused} of 4,000 were refused`);
});
