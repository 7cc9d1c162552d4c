import type { LaneSession } from './lane-session.js';
import type { Lane } from './lane.js';
import { isInReserve } from './lane-context.js';
import { recordHead, writeOperatorRecord, type OperatorRecord } from './operator-frame.js';
import type {
  DeniedRequest,
  SessionAnswer,
  SessionCommand,
  SessionOperation,
  SessionRefusal,
  StoredMessage,
} from './session-command.js';

type Answer = Extract<SessionAnswer, { ok: true }>;
type Told = Partial<Pick<Answer, 'testReqId' | 'messages' | 'next'>>;

/** What one operation gave, or why it was refused. */
type Outcome = ({ readonly ok: true } & Told) | { readonly ok: false; readonly code: SessionRefusal; reason: string };

/** Denied requests come from anybody who reaches the port: so many are written down at once, and so many more a second. */
const DENIED_AT_ONCE = 60;
const DENIED_A_SECOND = 1;
const DENIED_TEXT_MAX = 200;
/** One replay to the caller reads so many messages or bytes: some 10 ms of the lane's time. */
const REPLAY_MESSAGES = 500;
const REPLAY_BYTES = 256 * 1024;

/**
 * Operators' commands to FIX sessions. Each is a group of the ledger: the operator's frame and the numbers it set, so that the fold of it makes
 * the same state. A command that would break a promise about orders is refused by name, and the refusal is written down too.
 */
export class SessionDesk {
  readonly #lane: Lane;
  readonly #venueChanged: () => void;
  #deniedLeft = DENIED_AT_ONCE;
  #deniedNs = 0n;
  #leftOut = 0;

  /** `venueChanged`: the venue may have been enabled or disabled, and whoever connects to it looks again. */
  constructor(lane: Lane, venueChanged: () => void) {
    this.#lane = lane;
    this.#venueChanged = venueChanged;
  }

  command(command: SessionCommand): SessionAnswer {
    this.#lane.begin();
    const found = this.#find(command.session);
    if (typeof found === 'string')
      return this.#refuse(command, undefined, { code: 'HR_FIX_NO_SESSION', reason: found });
    const before = numbersOf(found);
    const outcome = this.#perform(found, command.operation);
    if (!outcome.ok) return this.#refuse(command, found, outcome);
    const sequence = this.#record(command, found, { before });
    if (found === this.#lane.context.venue) this.#venueChanged();
    const { ok: _, ...told } = outcome;
    const [nextInSeqNum, nextOutSeqNum] = numbersOf(found);
    return { ok: true, sequence, session: found.name, nextInSeqNum, nextOutSeqNum, enabled: found.isEnabled, ...told };
  }

  /** Writes down a request that never came here; beyond a steady rate, and while only the reserve is left, it is counted instead. */
  denied({ caller, request, code }: DeniedRequest): void {
    this.#lane.begin();
    const { nowNs } = this.#lane.context;
    const regained = (Number(nowNs - this.#deniedNs) / 1e9) * DENIED_A_SECOND;
    this.#deniedLeft = Math.min(DENIED_AT_ONCE, this.#deniedLeft + regained);
    this.#deniedNs = nowNs;
    if (this.#deniedLeft < 1 || isInReserve(this.#lane.context)) {
      this.#leftOut++;
      return;
    }
    this.#deniedLeft--;
    const operation = request.slice(0, DENIED_TEXT_MAX);
    this.#write(0, { ...recordHead(caller), operation, session: '', result: 'refused', code });
    this.#lane.commit();
  }

  /** By its name, or by the other side's CompID where only one has that; else why there is none. */
  #find(name: string): LaneSession | string {
    const sessions = this.#lane.context.sessions.filter(({ isDormant }) => !isDormant);
    const exact = sessions.find(session => session.name === name);
    if (exact !== undefined) return exact;
    const named = sessions.filter(({ session }) => session.settings.targetCompID === name);
    if (named.length === 1) return named[0] as LaneSession;
    const known = sessions.map(session => session.name).join(', ');
    return `${named.length > 1 ? 'more than one session is' : 'no session of the configuration is'} ${name}; there are ${known}`;
  }

  #perform(session: LaneSession, operation: SessionOperation): Outcome {
    switch (operation.kind) {
      case 'setSequence':
        return this.#setSequence(session, operation);
      case 'reset':
        return this.#reset(session, operation.force);
      case 'enable':
        return DONE;
      case 'disable':
        return this.#disable(session);
      case 'testRequest':
        return this.#testRequest(session);
      case 'replay':
        return operation.target === 'caller' ? this.#read(session, operation) : this.#resend(session, operation);
    }
  }

  #setSequence(session: LaneSession, { nextIn, nextOut, force }: OperationOf<'setSequence'>): Outcome {
    if (session.transport !== undefined)
      return refusal('HR_FIX_SESSION_UP', `${session.name} is connected: disable it, set its numbers, enable it`);
    const [heldIn, heldOut] = numbersOf(session);
    const [toIn, toOut] = [nextIn ?? heldIn, nextOut ?? heldOut];
    // A higher number out loses nothing: what is asked for of the numbers between is passed over by a gap fill.
    const loses = toIn !== heldIn || toOut < heldOut;
    const inFlight = loses ? this.#inFlight(session) : 0;
    if (inFlight > 0 && !force) return ordersInFlight(session, inFlight);
    session.session.foldReset(toIn, toOut);
    if (inFlight > 0) this.#lane.reset(session);
    return DONE;
  }

  #reset(session: LaneSession, force: boolean): Outcome {
    const inFlight = this.#inFlight(session);
    if (inFlight > 0 && !force) return ordersInFlight(session, inFlight);
    const { nowNs } = this.#lane.context;
    if (session.transport !== undefined) session.session.cut('sequence numbers are reset', nowNs, session);
    session.session.foldReset(1, 1);
    this.#lane.reset(session);
    return DONE;
  }

  #disable(session: LaneSession): Outcome {
    if (session.transport !== undefined)
      session.session.logout('the session is disabled', this.#lane.context.nowNs, session);
    return DONE;
  }

  #testRequest(session: LaneSession): Outcome {
    if (!session.isActive) return refusal('HR_FIX_SESSION_DOWN', `${session.name} is not logged on`);
    const { nowNs, group } = this.#lane.context;
    const testReqId = `HR-${group.journal.nextSequence}`;
    session.session.send('1', encoder => encoder.field(112, testReqId), nowNs, session);
    return { ok: true, testReqId };
  }

  /** To the counterparty, as possible duplicates. Never to the venue: what it does not ask for it has, and an order would be there twice. */
  #resend(session: LaneSession, { from, to }: OperationOf<'replay'>): Outcome {
    if (session === this.#lane.context.venue)
      return refusal('HR_FIX_REPLAY', 'nothing is sent to the venue again unasked: an order could be there twice');
    if (!session.isActive) return refusal('HR_FIX_SESSION_DOWN', `${session.name} is not logged on`);
    const wrong = wrongRange(session, from, to);
    if (wrong !== undefined) return wrong;
    return session.session.replay(from, to, this.#lane.context.nowNs, session)
      ? DONE
      : refusal('HR_FIX_REPLAY', `${session.name} has an answer to a ResendRequest under way: try again behind it`);
  }

  #read(session: LaneSession, { from, to }: OperationOf<'replay'>): Outcome {
    const wrong = wrongRange(session, from, to);
    if (wrong !== undefined) return wrong;
    const messages: StoredMessage[] = [];
    let sizeBytes = 0;
    let next: number | undefined;
    session.messages.read(from, to, (msgSeqNum, bytes, timeNs) => {
      const time = new Date(Number(timeNs / 1_000_000n)).toISOString();
      messages.push({ msgSeqNum, time, message: Buffer.from(bytes).toString('latin1') });
      sizeBytes += bytes.length;
      const isFull = messages.length >= REPLAY_MESSAGES || sizeBytes >= REPLAY_BYTES;
      if (isFull && msgSeqNum < to) next = msgSeqNum + 1;
      return !isFull;
    });
    return { ok: true, messages, next };
  }

  /** Open orders that the other side of a session may have news of. */
  #inFlight(session: LaneSession): number {
    const { venue, orders } = this.#lane.context;
    const { table } = orders;
    if (session === venue) return table.live;
    let count = 0;
    for (const slot of table.liveSlots()) if (table.row.at(slot).u32('sessionIndex') === session.index) count++;
    return count;
  }

  #refuse(
    command: SessionCommand,
    session: LaneSession | undefined,
    { code, reason }: { readonly code: SessionRefusal; readonly reason: string },
  ): SessionAnswer {
    return { ok: false, sequence: this.#record(command, session, { code, text: reason }), code, reason };
  }

  /** Writes the record beside the numbers that it set, and commits both. */
  #record(
    { caller, session: asked, reason, operation }: SessionCommand,
    session: LaneSession | undefined,
    more: Partial<OperatorRecord>,
  ): number {
    const result = more.code === undefined ? 'done' : 'refused';
    if (result === 'done') session?.operated(operation.kind);
    const sequence = this.#write(session?.index ?? 0, {
      ...recordHead(caller),
      operation: operation.kind,
      session: session?.name ?? asked,
      result,
      ...('force' in operation && { force: operation.force }),
      ...(operation.kind === 'replay' && { replayed: [operation.from, operation.to, operation.target] as const }),
      ...(reason !== '' && { reason }),
      ...more,
      ...(session !== undefined && result === 'done' && { after: numbersOf(session) }),
    });
    session?.endGroup();
    this.#lane.commit();
    return sequence;
  }

  #write(source: number, record: OperatorRecord): number {
    const leftOut = this.#leftOut;
    this.#leftOut = 0;
    return writeOperatorRecord(this.#lane.context.group, source, leftOut > 0 ? { ...record, leftOut } : record);
  }
}

type OperationOf<Kind> = Extract<SessionOperation, { kind: Kind }>;

const DONE: Outcome = { ok: true };

function refusal(code: SessionRefusal, reason: string): Outcome {
  return { ok: false, code, reason };
}

function ordersInFlight({ name }: LaneSession, count: number): Outcome {
  const reason = `${count} open order${count === 1 ? '' : 's'} of ${name}: what the other side says of them, or was told, may be lost`;
  return refusal('HR_FIX_ORDERS_IN_FLIGHT', `${reason}; cancel them, or force it`);
}

function wrongRange({ name, session }: LaneSession, from: number, to: number): Outcome | undefined {
  const last = session.nextOutSeqNum - 1;
  if (from <= to && to <= last) return undefined;
  return refusal('HR_FIX_REPLAY', `${from} to ${to} is no range of what ${name} sent: 1 to ${last}`);
}

function numbersOf({ session }: LaneSession): [number, number] {
  return [session.nextInSeqNum, session.nextOutSeqNum];
}
