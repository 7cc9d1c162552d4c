import { builtInDictionaries, utcTimestampText, type FixMessage } from '../../src/codec/index.js';
import {
  Session,
  sessionSettings,
  type ApplicationVerdict,
  type OutboundKind,
  type SessionActions,
  type SessionSettings,
  type ThrottleOutcome,
} from '../../src/session/index.js';
import { MemoryMessages } from '../../src/trading/index.js';

const START_NS = 1_767_323_045_000_000_000n; // 2026-01-02 03:04:05

/** `8=FIX.4.4|9=…|35=0|…|10=…|` in bytes: `|` is SOH, BodyLength and CheckSum are filled in. */
export function fixBytes(beginString: string, body: string): Buffer {
  const text = body.replaceAll('|', '\x01');
  const head = Buffer.from(`8=${beginString}\x019=${text.length}\x01${text}`, 'latin1');
  const sum = head.reduce((total, byte) => total + byte, 0) & 0xff;
  return Buffer.concat([head, Buffer.from(`10=${String(sum).padStart(3, '0')}\x01`)]);
}

/** A message without its envelope and times, as tests compare it: `35=0|34=2|112=HELLO`. */
export function essence(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('latin1')
    .split('\x01')
    .filter(field => field !== '' && !/^(8|9|10|49|56|52|122|60)=/.test(field))
    .join('|');
}

/** A session on a virtual clock, and everything it asked for. */
export class SessionBench implements SessionActions {
  readonly session: Session;
  readonly sent = new MemoryMessages();
  nowNs = START_NS;
  /** essence() of what went on the wire, since the last `take`. */
  wire: string[] = [];
  readonly bytesOut: Buffer[] = [];
  readonly taken: number[] = [];
  readonly applications: string[] = [];
  readonly events: string[] = [];
  readonly folds: (readonly ['in' | 'out', number] | readonly ['reset', number, number, number])[] = [];
  disconnected: string | undefined;
  verdict: ApplicationVerdict = 'taken';
  /** MsgSeqNum and reason of what the session refused itself. */
  readonly refusals: string[] = [];
  readonly throttleCounts: Record<ThrottleOutcome, number> = { delayed: 0, rejected: 0, disconnected: 0 };
  /** Whether another message is to be read. */
  wants: () => boolean = () => true;
  veto: ((msgSeqNum: number) => boolean) | undefined;

  constructor(given: Partial<SessionSettings> = {}) {
    const names = { beginString: 'FIX.4.4', senderCompID: 'US', targetCompID: 'THEM', role: 'acceptor' } as const;
    this.session = new Session(sessionSettings({ ...names, ...given }), builtInDictionaries, this.sent);
  }

  get nowMs(): number {
    return Number(this.nowNs / 1_000_000n);
  }

  /** The counterparty's message: `rest` follows the header. */
  message(msgType: string, msgSeqNum: number, rest = '', header = ''): Buffer {
    const { beginString, senderCompID, targetCompID } = this.session.settings;
    const time = utcTimestampText(this.nowNs, 3);
    const body = `35=${msgType}|34=${msgSeqNum}|49=${targetCompID}|52=${time}|56=${senderCompID}|${header}${rest}`;
    return fixBytes(beginString, body);
  }

  receive(msgType: string, msgSeqNum: number, rest = '', header = ''): this {
    this.session.receive(this.message(msgType, msgSeqNum, rest, header), this.nowNs, this);
    return this;
  }

  connect(): this {
    this.disconnected = undefined;
    this.session.connected(this.nowNs, this);
    return this;
  }

  /** Connected, and logged on by the counterparty with `msgSeqNum`. */
  logon(msgSeqNum = 1, rest = ''): this {
    this.connect().receive('A', msgSeqNum, `98=0|108=30|${rest}`);
    this.wire = [];
    return this;
  }

  pass(seconds: number): this {
    for (let tenth = 0; tenth < seconds * 10; tenth++) {
      this.nowNs += 100_000_000n;
      this.session.tick(this.nowNs, this);
    }
    return this;
  }

  /** The clock stands at another moment at once, as after a sleep. */
  wakeAt(time: string): this {
    this.nowNs = BigInt(Date.parse(time)) * 1_000_000n;
    this.session.tick(this.nowNs, this);
    return this;
  }

  send(msgType: string, fields: readonly (readonly [number, string])[]): number {
    const write = (encoder: { field(tag: number, value: string): unknown }) =>
      fields.forEach(([tag, value]) => encoder.field(tag, value));
    return this.session.send(msgType, write, this.nowNs, this);
  }

  takeWire(): string[] {
    const wire = this.wire;
    this.wire = [];
    return wire;
  }

  inbound(_message: FixMessage, msgSeqNum: number): void {
    this.taken.push(msgSeqNum);
    this.folds.push(['in', msgSeqNum]);
  }

  application(message: FixMessage): ApplicationVerdict {
    this.applications.push(essence(message.bytes.subarray(message.start, message.end)));
    return this.verdict;
  }

  /** Application messages that a SequenceReset passed over in the queue. */
  passed = 0;

  passedOver(count: number): void {
    this.passed += count;
  }

  throttled(outcome: ThrottleOutcome): void {
    this.throttleCounts[outcome]++;
  }

  outbound(bytes: Uint8Array, msgSeqNum: number, kind: OutboundKind): void {
    if (kind === 'new' || kind === 'stored') {
      this.sent.put(msgSeqNum, bytes, this.nowNs);
      this.folds.push(['out', msgSeqNum]);
    }
    if (kind === 'stored') return;
    this.wire.push(essence(bytes));
    this.bytesOut.push(Buffer.from(bytes));
  }

  reset(nextInSeqNum: number, nextOutSeqNum: number): void {
    if (nextOutSeqNum === 1) this.sent.clear();
    this.folds.push(['reset', nextInSeqNum, nextOutSeqNum, this.session.beganMs]);
  }

  disconnect(reason: string): void {
    this.disconnected = reason;
  }

  event(kind: string, text: string): void {
    this.events.push(`${kind}: ${text}`);
  }

  refused(message: FixMessage, reason: string): void {
    this.refusals.push(`${message.textOf(34)}: ${reason}`);
  }

  wanted(): boolean {
    return this.wants();
  }

  mayResend(_message: FixMessage, msgSeqNum: number): boolean {
    return this.veto?.(msgSeqNum) ?? true;
  }
}
