import type { FixMessage } from '../codec/index.js';
import { FRAME_TYPE, STATUS, TOPICS, statusName } from '../model/index.js';
import { takeOutHalted } from './halted-egress.js';
import { journalFullReason } from './lane-context.js';
import type { Lane } from './lane.js';
import type { LaneAnswer } from './lane-messages.js';
import type { LaneSession } from './lane-session.js';
import { ORDER_STATE } from './order-row.js';
import { NO_SLOT } from './order-table.js';
import { PROGRAM_COMP_ID, type ProgramRequest } from './program-session.js';

const APPLICATION = TOPICS.indexOf('application');
const HALTED = 'halted before it left';

/** Orders of this process's own parts: each takes the way of a client's message, from the inbound frame on. */
export class ProgramDesk {
  readonly #lane: Lane;

  constructor(lane: Lane) {
    this.#lane = lane;
  }

  /** Does what is asked; the answer's sequence is durable when the last frame of it is. */
  take(request: ProgramRequest): LaneAnswer {
    this.#lane.begin();
    const reason = this.#refusal(request) ?? this.#do(request);
    if (this.#lane.venueDesk.takeHalted()) takeOutHalted(this.#lane);
    this.#lane.commit();
    if (reason !== undefined) return { ok: false, reason };
    const { committedSequence } = this.#lane.context.group.journal;
    return { ok: true, sequence: committedSequence, lastVenueMsgSeqNum: 0 };
  }

  /** A report may use the reserve of a full disk, as the venue's do. */
  #refusal({ kind }: ProgramRequest): string | undefined {
    return kind === 'report' ? undefined : journalFullReason(this.#lane.context);
  }

  #do(request: ProgramRequest): string | undefined {
    const target = request.kind === 'order' ? request.target : 'direct';
    const session = this.#session(target);
    if (session === undefined) return `the configuration has no session ${PROGRAM_COMP_ID[target]}`;
    if (request.kind === 'release') return this.#release(session, request.orderSequence, request.record);
    if (request.kind !== 'report') this.#write(session, request.record);
    return request.kind === 'note' ? undefined : this.#message(session, request.message);
  }

  #session(target: keyof typeof PROGRAM_COMP_ID): LaneSession | undefined {
    return this.#lane.context.sessions.find(
      ({ isDormant, session }) => !isDormant && session.settings.targetCompID === PROGRAM_COMP_ID[target],
    );
  }

  /** By its source a record is known for one of the session's: an embedder's are of source 0. */
  #write({ index }: LaneSession, record: Uint8Array): void {
    const { group } = this.#lane.context;
    group.add({ type: FRAME_TYPE.application, topic: APPLICATION, source: index }, record);
    group.end();
  }

  #message(session: LaneSession, bytes: Uint8Array): string | undefined {
    const message = this.#framed(bytes);
    if (typeof message === 'string') return message;
    session.inbound(message);
    this.#lane.application(session, message);
    session.endGroup();
    return undefined;
  }

  #framed(bytes: Uint8Array): FixMessage | string {
    const { receiver } = this.#lane.context;
    if (bytes.length > receiver.batch.messageSizeMax) return `the message has ${bytes.length} bytes`;
    receiver.bytes.set(bytes);
    const count = receiver.scan(0, bytes.length);
    const status = count === 1 ? receiver.batch.statusOf(0) : STATUS.incomplete.code;
    return status === STATUS.ok.code ? receiver.batch.select(0) : `the message is ${STATUS[statusName(status)].text}`;
  }

  #release(session: LaneSession, orderSequence: number, record: Uint8Array): string | undefined {
    const { orders } = this.#lane.context;
    const slot = orders.table.findVenue(orderSequence);
    const row = orders.table.row.at(Math.max(slot, 0));
    const isOurs = slot !== NO_SLOT && row.u32('sessionIndex') === session.index;
    if (!isOurs || row.u8('state') !== ORDER_STATE.sent) return `no direct order waits under ${orderSequence}`;
    if (!this.#lane.isHalted(slot)) {
      this.#write(session, record);
      return undefined;
    }
    this.#lane.venueDesk.unsent.giveUp(slot, 'D', HALTED);
    session.endGroup();
    return HALTED;
  }
}
