import { FixBatch, type FixDictionary, type FixMessage } from '../codec/index.js';
import { Decimal, invariant } from '../model/index.js';
import type { ApplicationVerdict } from '../session/index.js';
import { FixEngine, systemNowNs, type Address, type EngineSession, type FixApplication } from '../trading/index.js';
import { dateOf, timestampOf, writeFields, type MessageField } from './message-fields.js';
import type { ExpectStep, Scenario, SendStep, StepFields } from './profile.js';
import type { PlatformRules } from './rules.js';

/** What stands for the words in braces of a script: an account and a symbol that trade, one that does not exist, a price nobody sells at. */
export interface StepWords {
  readonly account: string;
  readonly symbol: string;
  readonly refused: string;
  readonly low: string;
}

export interface ConformanceOptions {
  readonly rules: PlatformRules;
  readonly beginString: string;
  /** The desk's name and the platform's. */
  readonly senderCompID: string;
  readonly targetCompID: string;
  readonly host: Address;
  readonly words: StepWords;
  /** An answer that is not there after this fails its step; so long is also waited for the logon. */
  readonly timeoutMs: number;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Called after each scenario. */
  readonly onScenario?: ((result: ScenarioResult) => void) | undefined;
}

export interface ScenarioResult {
  readonly name: string;
  readonly ok: boolean;
  /** Steps done. */
  readonly steps: number;
  /** The step that failed, and why. */
  readonly step?: string;
  readonly reason?: string;
}

export interface ConformanceResult {
  readonly profile: string;
  readonly beginString: string;
  readonly ok: boolean;
  readonly scenarios: readonly ScenarioResult[];
}

export const CHECK_WORDS: StepWords = { account: 'A001', symbol: 'ACME', refused: 'NOSUCH', low: '0.01' };

/** Messages that wait for a step; one more and the oldest is dropped. */
const RECEIVED_MAX = 1_000;
/** Of a scenario's messages: ClOrdID, AllocID, PosReqID say which one it is. */
const OWN_IDS = [11, 70, 710] as const;

/** A message that came, its bytes its own. */
interface Received {
  readonly message: FixMessage;
  readonly msgType: string;
}

/** Keeps what the platform sends until a step looks at it. */
class Inbox implements FixApplication {
  readonly #received: Received[] = [];
  #wake: (() => void) | undefined;

  onMessage(_session: EngineSession, message: FixMessage): ApplicationVerdict {
    this.#take(message);
    return 'taken';
  }

  onRejected(_session: EngineSession, message: FixMessage): void {
    this.#take(message);
  }

  onLogon(): void {
    this.#wake?.();
  }

  #take({ bytes, start, end, msgType }: FixMessage): void {
    const own = bytes.slice(start, end);
    const batch = new FixBatch(undefined, {});
    batch.scan(own, 0, own.length);
    this.#received.push({ message: batch.select(0), msgType });
    if (this.#received.length > RECEIVED_MAX) this.#received.shift();
    this.#wake?.();
  }

  /** The next message, or undefined when none came in time. */
  async next(timeoutMs: number): Promise<Received | undefined> {
    await this.waitFor(() => this.#received.length > 0, timeoutMs);
    return this.#received.shift();
  }

  /** Looks whenever a message or logon comes; false when the time was over. */
  async waitFor(isThere: () => boolean, timeoutMs: number): Promise<boolean> {
    const endMs = Date.now() + timeoutMs;
    while (!isThere()) {
      const leftMs = endMs - Date.now();
      if (leftMs <= 0) return false;
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, leftMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return true;
  }
}

class StepFailed extends Error {}

/** One scenario under way: its ids, and the fields that answers had. */
class Conversation {
  readonly #ids = new Map<string, string>();
  readonly #kept = new Map<string, string>();
  #nextID = 1;

  constructor(
    private readonly prefix: string,
    private readonly session: EngineSession,
    private readonly inbox: Inbox,
    private readonly options: ConformanceOptions,
  ) {}

  send({ send, fields, only = {} }: SendStep): void {
    const { beginString, rules } = this.options;
    const body = this.#fields({ ...fields, ...only[beginString] });
    this.session.send(send, encoder => writeFields(encoder, body, rules.dictionary.message(send)));
  }

  async expect(step: ExpectStep): Promise<void> {
    const endMs = Date.now() + this.options.timeoutMs;
    for (;;) {
      const received = await this.inbox.next(Math.max(endMs - Date.now(), 0));
      if (received === undefined)
        throw new StepFailed(`no ${step.expect.join(' or ')} came within ${this.options.timeoutMs} ms`);
      const { message, msgType } = received;
      if (!this.#isOurs(message)) continue;
      const isType = step.expect.includes(msgType);
      if (isType && step.passing !== undefined && this.#difference(message, step.passing) === undefined) continue;
      const difference = isType ? this.#difference(message, step.fields) : `35=${msgType}`;
      if (difference !== undefined) throw new StepFailed(`${difference} in ${shown(message)}`);
      return this.#keep(message);
    }
  }

  /** A late answer to an earlier scenario is not this one's. */
  #isOurs(message: FixMessage): boolean {
    const ids = OWN_IDS.flatMap(tag => message.textOf(tag) ?? []);
    return ids.length === 0 || ids.some(id => id.startsWith(this.prefix));
  }

  #difference(message: FixMessage, fields: Readonly<Record<string, string>>): string | undefined {
    const { dictionary } = this.options.rules;
    for (const [tag, wanted] of Object.entries(fields)) {
      const found = message.textOf(Number(tag));
      const allowed = wanted.split('|').map(value => this.#text(value));
      if (found !== undefined && allowed.some(value => value === '*' || isEqual(dictionary, Number(tag), value, found)))
        continue;
      return `${tag}=${found ?? '(not there)'}, not ${allowed.join(' or ')},`;
    }
    return undefined;
  }

  #keep(message: FixMessage): void {
    for (let index = 0; index < message.fieldCount; index++) {
      const name = this.options.rules.dictionary.field(message.tagAt(index))?.name;
      if (name !== undefined) this.#kept.set(name, message.text(index));
    }
  }

  #fields(fields: StepFields): MessageField[] {
    return Object.entries(fields).map(([tag, value]) =>
      typeof value === 'string'
        ? { tag: Number(tag), value: this.#text(value) }
        : { tag: Number(tag), value: String(value.length), entries: value.map(entry => this.#fields(entry)) },
    );
  }

  #text(value: string): string {
    return value.replace(/\{(\w+)(?::(\w+))?\}/g, (_all, word: string, name = '') => this.#word(word, name));
  }

  #word(word: string, name: string): string {
    if (word === 'id') return this.#id(name);
    if (word === 'now') return timestampOf(0, systemNowNs(), 3).value;
    if (word === 'date') return dateOf(0, systemNowNs()).value;
    if (word === 'kept') return this.#kept.get(name) ?? '';
    const known = this.options.words[word as keyof StepWords] as string | undefined;
    invariant(known !== undefined, 'a script has a word that is none', { word });
    return known;
  }

  #id(name: string): string {
    const known = this.#ids.get(name) ?? `${this.prefix}${this.#nextID++}`;
    this.#ids.set(name, known);
    return known;
  }
}

const NUMBERS = new Set(['QTY', 'PRICE', 'AMT', 'FLOAT', 'INT', 'PERCENTAGE', 'PRICEOFFSET']);

function isEqual(dictionary: FixDictionary, tag: number, wanted: string, found: string): boolean {
  if (wanted === found) return true;
  if (!NUMBERS.has(dictionary.field(tag)?.type ?? '')) return false;
  const [left, right] = [Decimal.tryParse(wanted), Decimal.tryParse(found)];
  return left !== undefined && right !== undefined && left.compare(right) === 0;
}

const SHOWN_MAX = 300;

function shown({ bytes, start, end }: FixMessage): string {
  const text = Buffer.from(bytes.subarray(start, end)).toString('latin1').replaceAll('\x01', '|');
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
}

/**
 * Runs a profile's conformance script against a counterparty, as the desk: logs on with both numbers reset, plays each scenario, logs out. What it sends passes
 * no gate, so the counterparty must be one for tests. Never rejects for what the counterparty does: that is in the result.
 */
export async function runConformance(options: ConformanceOptions): Promise<ConformanceResult> {
  const { rules, beginString, senderCompID, targetCompID, host, timeoutMs, username, password } = options;
  const inbox = new Inbox();
  const engine = new FixEngine({ application: inbox, dictionaries: rules.dictionaries });
  const names = { ...(username !== undefined && { username }), ...(password !== undefined && { password }) };
  const settings = { ...rules.profile.session, beginString, senderCompID, targetCompID, ...names };
  const session = engine.addInitiator({ ...settings, resetOnLogon: true }, { hosts: [host] });
  const scenarios: ScenarioResult[] = [];
  try {
    const isOn = await inbox.waitFor(() => session.session.state === 'active', timeoutMs);
    const logon = { name: 'logon', ok: isOn, steps: isOn ? 1 : 0 };
    scenarios.push(isOn ? logon : { ...logon, step: 'logon', reason: `not logged on within ${timeoutMs} ms` });
    options.onScenario?.(scenarios[0]!);
    const isFor = ({ versions }: { readonly versions?: readonly string[] }): boolean =>
      versions?.includes(beginString) ?? true;
    const run = Date.now().toString(36).toUpperCase();
    for (const [index, scenario] of isOn ? rules.profile.script.filter(isFor).entries() : []) {
      const conversation = new Conversation(`${run}-${index}-`, session, inbox, options);
      const result = await play(scenario, scenario.steps.filter(isFor), conversation);
      scenarios.push(result);
      options.onScenario?.(result);
    }
  } finally {
    await engine.close();
  }
  return { profile: rules.profile.name, beginString, ok: scenarios.every(({ ok }) => ok), scenarios };
}

async function play({ name }: Scenario, steps: Scenario['steps'], conversation: Conversation): Promise<ScenarioResult> {
  let done = 0;
  for (const step of steps) {
    try {
      if ('send' in step) conversation.send(step);
      else await conversation.expect(step);
      done++;
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      return { name, ok: false, steps: done, step: step.name, reason: error.message };
    }
  }
  return { name, ok: true, steps: done };
}
