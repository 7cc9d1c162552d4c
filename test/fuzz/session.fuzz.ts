import { SeededRandom, shrinkList, type Fuzz, type FuzzReport } from '../support/fuzz.js';
import { SessionBench } from '../support/fix-session.js';

type Step =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'clock'; readonly ns: bigint }
  | { readonly kind: 'send' | 'logout' | 'connect' | 'lost' };

const ORDER = '11=ID|21=1|38=100|40=1|54=1|55=IBM|60=20260102-03:04:05|';
const BODIES: readonly (readonly [msgType: string, rest: string])[] = [
  ['A', '98=0|108=30|'],
  ['A', '98=0|108=1|141=Y|'],
  ['A', '98=0|108=30|789=2|'],
  ['0', ''],
  ['1', '112=T|'],
  ['2', '7=1|16=0|'],
  ['2', '7=3|16=2|'],
  ['2', '7=2|16=999999|'],
  ['3', '45=1|'],
  ['4', '36=9|123=Y|'],
  ['4', '36=4|'],
  ['4', '36=2|123=N|'],
  ['5', ''],
  ['D', ORDER],
  ['D', `${ORDER}453=2|448=A|447=D|452=1|448=B|802=1|523=x|`],
  ['B', '148=h|33=1|58=t|354=3|355=a|b|'],
  ['D', ORDER],
  ['D', ORDER],
  ['ZZ', '1=2|'],
  ['*', ''],
];
const LOGONS = BODIES.slice(0, 3);
const HEADERS: readonly string[] = ['43=Y|122=20260102-03:04:05|', '43=Y|', '97=Y|', '115=A|116=B|128=C|'];
const SETTINGS = [
  {},
  { beginString: 'FIX.4.0' },
  { beginString: 'FIX.4.2', resetOnLogon: true },
  { beginString: 'FIXT.1.1', defaultApplVerID: 'FIX.5.0' },
  { role: 'initiator', heartBtIntSeconds: 1 },
  { role: 'initiator', resetOnLogon: true, resetOnDisconnect: true },
  { enableNextExpectedMsgSeqNum: true, enableLastMsgSeqNumProcessed: true, resendRequestChunkSize: 2 },
  { rejectGarbledMessage: true, validateLength: false, validateChecksum: false, requiresOrigSendingTime: false },
  { role: 'initiator', enableNextExpectedMsgSeqNum: true, rejectGarbledMessage: true, resendRequestChunkSize: 1 },
  { useDictionary: false, queuedMessagesMax: 3, queuedBytesMax: 400, maxLatencySeconds: 0 },
] as const;

function flip(bytes: Buffer, random: SeededRandom): Buffer {
  const flipped = Buffer.from(bytes);
  for (let count = 1 + random.below(3); count > 0; count--) flipped[random.below(flipped.length)] = random.below(256);
  return flipped;
}

// Whole messages near the expected number most of the time: noise alone never passes the framing.
function makeBytes(bench: SessionBench, random: SeededRandom): Buffer {
  const { nextInSeqNum, state } = bench.session;
  const [msgType, rest] = state !== 'active' && random.chance(85) ? random.pick(LOGONS) : random.pick(BODIES);
  const number = random.chance(65) ? nextInSeqNum : Math.max(0, nextInSeqNum + random.below(6) - 2);
  const fixt = bench.session.settings.beginString === 'FIXT.1.1' && msgType === 'A' ? '1137=7|' : '';
  const header = random.chance(75) ? '' : random.pick(HEADERS);
  const message = bench.message(msgType, number, rest + fixt, header);
  if (random.chance(80)) return message;
  if (random.chance(50)) return flip(message, random);
  return random.chance(50) ? message.subarray(0, random.below(message.length)) : Buffer.concat([message, message]);
}

function makeStep(bench: SessionBench, random: SeededRandom): Step {
  if (bench.session.state === 'disconnected' && random.chance(80)) return { kind: 'connect' };
  const drawn = random.below(100);
  if (drawn < 80) return { kind: 'bytes', bytes: makeBytes(bench, random) };
  if (drawn < 90) return { kind: 'clock', ns: BigInt(random.below(2_000) - 200) * 1_000_000n };
  if (drawn < 97) return { kind: 'send' };
  return { kind: random.pick(['connect', 'lost', 'logout'] as const) };
}

function take(bench: SessionBench, step: Step): void {
  if (step.kind === 'bytes') bench.session.receive(step.bytes, bench.nowNs, bench);
  else if (step.kind === 'send') bench.send('B', [[148, 'news']]);
  else if (step.kind === 'connect') bench.connect();
  else if (step.kind === 'lost') bench.session.disconnected(bench.nowNs, bench);
  else if (step.kind === 'logout') bench.session.logout('', bench.nowNs, bench);
  else if (step.kind === 'clock') {
    bench.nowNs += step.ns;
    bench.session.tick(bench.nowNs, bench);
  }
}

/** What must hold after every step; returns what does not. */
class Invariants {
  #folded = 0;
  #nextIn = 1;
  #nextOut = 1;
  #applications = 0;

  check(bench: SessionBench): string | undefined {
    let takenApplications = 0;
    for (; this.#folded < bench.folds.length; this.#folded++) {
      const [kind, first = 0, second = 0] = bench.folds[this.#folded]!;
      if (kind === 'in' && first > 0) {
        if (first !== this.#nextIn) return `inbound ${first} was taken when ${this.#nextIn} was expected`;
        this.#nextIn = first + 1;
        takenApplications++;
      } else if (kind === 'out') {
        if (first !== this.#nextOut) return `${first} was sent when ${this.#nextOut} was next`;
        this.#nextOut = first + 1;
      } else if (kind === 'reset') {
        if (first < this.#nextIn && first !== 1) return `the next inbound number went back to ${first}`;
        if (second < this.#nextOut && second !== 1) return `the next outbound number went back to ${second}`;
        [this.#nextIn, this.#nextOut] = [first, second];
      }
    }
    const applications = bench.applications.length - this.#applications;
    this.#applications = bench.applications.length;
    if (applications > takenApplications) return `${applications} applications for ${takenApplications} numbers`;
    const { nextInSeqNum, nextOutSeqNum } = bench.session;
    if (nextInSeqNum !== this.#nextIn || nextOutSeqNum !== this.#nextOut)
      return `the session is at ${nextInSeqNum}/${nextOutSeqNum}, its frames fold to ${this.#nextIn}/${this.#nextOut}`;
    return undefined;
  }
}

const SESSION_STEPS = 40;

function play(settings: (typeof SETTINGS)[number], steps: Iterable<Step>, bench: SessionBench): string | undefined {
  const invariants = new Invariants();
  for (const step of steps) {
    try {
      take(bench, step);
    } catch (error) {
      return `${JSON.stringify(settings)}: threw ${(error as Error).stack}`;
    }
    const wrong = invariants.check(bench);
    if (wrong !== undefined) return `${JSON.stringify(settings)}: ${wrong}`;
    bench.wire = [];
    bench.bytesOut.length = 0;
  }
  return undefined;
}

function text(step: Step): string {
  if (step.kind === 'bytes') return step.bytes.toString('latin1').replaceAll('\x01', '|');
  return step.kind === 'clock' ? `clock ${step.ns}` : step.kind;
}

function runOne(random: SeededRandom): { input: string; what: string } | undefined {
  const settings = random.pick(SETTINGS);
  const bench = new SessionBench(settings);
  bench.connect();
  const made: Step[] = [];
  const steps = (function* () {
    for (let count = 0; count < SESSION_STEPS; count++) {
      const step = makeStep(bench, random);
      made.push(step);
      yield step;
    }
  })();
  if (play(settings, steps, bench) === undefined) return undefined;
  const replay = (tried: readonly Step[]) => play(settings, tried, new SessionBench(settings).connect());
  const shortest = shrinkList(made, tried => replay(tried) !== undefined);
  return { input: shortest.map(text).join('\n'), what: replay(shortest) ?? 'it happened once' };
}

/**
 * Sessions of 40 steps: messages near the expected number, mutated ones, clocks that jump and step back, lost connections.
 * Nothing throws, no number is skipped, used twice or goes back but by a reset, and frames always fold to the session's state.
 */
export const fuzz: Fuzz = {
  name: 'session',
  run(seed: number, iterations: number): FuzzReport {
    const random = new SeededRandom(seed);
    for (let inputs = 0; inputs < iterations; inputs += SESSION_STEPS) {
      const failure = runOne(random);
      if (failure !== undefined) return { name: 'session', seed, inputs, failure };
    }
    return { name: 'session', seed, inputs: iterations };
  },
};
