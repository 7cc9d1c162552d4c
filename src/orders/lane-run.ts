import { builtInDictionaries } from '../codec/index.js';
import { GATE_COMMAND_KIND, HeadraceError, NO_INDEX } from '../model/index.js';
import { waitsForSync, type LogWriter } from '../journal/index.js';
import { BatchClock, CLOCK_AHEAD_MS_MAX, openLog, type Log } from '../observe/index.js';
import { RingConsumer, listenDoorbell, ringDoorbell, type DoorbellListener } from '../ring/index.js';
import { encodeGateCommand } from '../risk/index.js';
import { TextLog } from '../trading/index.js';

import { Lane } from './lane.js';
import { journalFullReason } from './lane-context.js';
import type { LaneAnswer, LaneCommand, LaneEvent, LaneRequest } from './lane-messages.js';
import type { LaneOptions } from './lane-options.js';
import { LaneSockets } from './lane-sockets.js';
import { applyConfiguredLimits } from './limits-desk.js';
import { LoadDesk, dropOpenLoad } from './load-desk.js';
import { openLane, type OpenedLane } from './open-lane.js';
import { loadOrderRules, type NamedRule } from './order-rule.js';
import { PriceDesk } from './price-desk.js';
import { ProgramDesk } from './program-desk.js';
import { Retention } from './retention.js';
import { saveLane } from './save-lane.js';
import type { SessionCommand } from './session-command.js';
import { SessionDesk } from './session-desk.js';
import { sessionView } from './session-view.js';

const TICK_MS = 100;
const VIEW_MS = 250;
const LOAD_ROWS_A_DRAIN = 4_096;
/** A snapshot bounds the recovery: by bytes of ledger, or by time when something happened. */
const SNAPSHOT_BYTES = 256 * 1024 * 1024;
/** The size of the ledger is looked at so often: a look lists its folder. */
const RETAIN_MS = 500;
const SNAPSHOT_MS = 10 * 60 * 1000;
/** A snapshot that could not be written is tried again after this. */
const SNAPSHOT_RETRY_MS = 10_000;

/** One lane's life in its thread: recover, serve, drain, close. Fail-stop: the first fault closes the sockets and is told to main. */
export class LaneRun {
  readonly #options: LaneOptions;
  readonly #tell: (event: LaneEvent) => void;
  readonly #log: Log;
  readonly #opened: OpenedLane;
  readonly #journal: LogWriter;
  readonly #lane: Lane;
  readonly #sockets: LaneSockets;
  readonly #sessionDesk: SessionDesk;
  readonly #programs: ProgramDesk;
  readonly #prices: PriceDesk | undefined;
  readonly #loads: LoadDesk;
  readonly #loadRing: RingConsumer | undefined;
  readonly #timers: NodeJS.Timeout[] = [];
  #bell: DoorbellListener | undefined;
  #snapshotMs = performance.now();
  /** No snapshot before this: the last one failed. */
  #snapshotRetryMs = 0;
  /** Sequence of this run's newest snapshot; 0 before the first. */
  #snapshotSequence = 0;
  readonly #retention: Retention;
  /** Failed, or closed: nothing runs any more. */
  #ended = false;

  /** Recovers and starts; a failure is told and the lane does not run. */
  static async open(options: LaneOptions, tell: (event: LaneEvent) => void): Promise<LaneRun | undefined> {
    try {
      return new LaneRun(options, tell, await loadOrderRules(options.rules));
    } catch (error) {
      tell(failure(error));
      return undefined;
    }
  }

  private constructor(options: LaneOptions, tell: (event: LaneEvent) => void, rules: readonly NamedRule[]) {
    const started = performance.now();
    this.#options = options;
    this.#tell = tell;
    this.#log = openLog('lane', { level: options.logLevel });
    this.#opened = openLane(options, {
      dictionaries: builtInDictionaries,
      rules,
      application: {
        application: (from, message) => this.#lane.application(from, message),
        mayResend: (from, sent) => this.#lane.mayResend(from, sent),
        beforeResend: () => this.#lane.beforeResend(),
        reset: from => this.#lane.reset(from),
        rejected: (from, message) => this.#lane.rejected(from, message),
        refused: (from, message, reason) => this.#lane.refused(from, message, reason),
        wanted: from => this.#lane.wanted(from),
        gapFilled: (from, gaps) => this.#lane.gapFilled(from, gaps),
        event: (from, kind, text) => this.#lane.event(from, kind, text),
        throttled: (from, outcome) => this.#lane.throttled(from, outcome),
        passedOver: (from, count) => this.#lane.passedOver(from, count),
      },
    });
    const { context, fold } = this.#opened;
    this.#journal = context.group.journal;
    const clock = new BatchClock();
    clock.notBefore(fold.lastTimeNs);
    this.#warnOfClock(fold.lastTimeNs);
    this.#warnOfDormant();
    this.#lane = new Lane(context, {
      clock,
      drain: () => void this.#prices?.drain(),
      wakeReaders: () => this.#wakeReaders(),
      waitsForSync: waitsForSync(options.durability),
      resendOrdersWithinNs: BigInt(options.venue.resendOrdersWithinMs) * 1_000_000n,
      event: (session, kind, text) => this.#event(session.name, kind, text),
    });
    this.#openTextLogs();
    const { priceRing, loadRing } = options.memory;
    this.#prices = priceRing && new PriceDesk(context, priceRing);
    this.#loadRing = loadRing && new RingConsumer(loadRing);
    this.#loads = new LoadDesk(this.#opened, options.limits, () => this.#lane.commit());
    this.#sockets = new LaneSockets(this.#lane, options, this.#log, run => this.#guarded(run));
    this.#programs = new ProgramDesk(this.#lane);
    this.#sessionDesk = new SessionDesk(this.#lane, () => this.#sockets.followVenue());
    this.#retention = new Retention({
      journal: this.#journal,
      retainBytes: options.retainBytes,
      required: options.memory.required,
      onRemoved: () => this.#opened.names.writeAgain(() => this.#lane.commit()),
    });
    try {
      this.#begin(started);
    } catch (error) {
      this.#stop();
      this.#closeFailed();
      throw error;
    }
  }

  /** A wrong reading of the clock was journalled once: frames go on from there, counterparties are told UTC. */
  #warnOfClock(lastTimeNs: bigint): void {
    const ledgerMs = Number(lastTimeNs / 1_000_000n);
    if (ledgerMs - Date.now() <= CLOCK_AHEAD_MS_MAX) return;
    const [ledgerTime, clockTime] = [new Date(ledgerMs).toISOString(), new Date().toISOString()];
    const text = 'the ledger was written by a clock ahead of this one by more than boundMs';
    this.#log.warn({ ledgerTime, clockTime, boundMs: CLOCK_AHEAD_MS_MAX }, text);
  }

  #warnOfDormant(): void {
    const sessions = this.#opened.dormant.map(({ name }) => name);
    const text = 'the config no longer names sessions of the ledger: nobody logs on, reports of their orders are kept';
    if (sessions.length > 0) this.#log.warn({ sessions }, text);
  }

  /** Written behind the lane's back: a disk that takes nothing costs lines of text, never an order. */
  #openTextLogs(): void {
    const { textLogs } = this.#options;
    if (textLogs === undefined) return;
    const onFault = (reason: string): void => this.#log.warn({ reason }, 'the text logs of the sessions');
    for (const session of this.#lane.context.sessions)
      session.textLog = new TextLog(session.session.settings, { ...textLogs, onFault });
  }

  #begin(started: number): void {
    const { recovery } = this.#journal;
    this.#lane.begin();
    dropOpenLoad(this.#opened, () => this.#lane.commit());
    applyConfiguredLimits(this.#opened, this.#options.limits, () => this.#lane.commit());
    this.#lane.commit();
    this.#journal.onSynced(() => this.#guarded(() => this.#lane.flush()));
    this.#bell = listenDoorbell(this.#options.memory.bell, () => this.#rung(), this.#options.native);
    this.#timers.push(setInterval(() => this.#guarded(() => this.#tick()), TICK_MS));
    this.#timers.push(setInterval(() => this.#view(), VIEW_MS));
    this.#timers.push(setInterval(() => this.#guarded(() => this.#retain()), RETAIN_MS));
    const { lastSequence, tornBytes } = recovery;
    const tookMs = performance.now() - started;
    this.#tell({
      op: 'recovered',
      recovered: {
        lastSequence,
        tornBytes,
        loads: this.#opened.loads.loads.length,
        foldedFrames: this.#opened.fold.frames,
        tookMs,
      },
      names: this.#opened.names.list(),
    });
  }

  handle(request: LaneRequest): void {
    this.#guarded(() => {
      if (request.op === 'openVenue') this.#sockets.openVenue();
      else if (request.op === 'openClients') void this.#openClients();
      else if (request.op === 'reloadCertificates') this.#sockets.reloadCertificates();
      else if (request.op === 'command') this.#answer(request.id, this.#command(request.command));
      else if (request.op === 'session') this.#session(request.id, request.command);
      else if (request.op === 'denied') this.#sessionDesk.denied(request.request);
      else if (request.op === 'inject') this.#answer(request.id, this.#inject(request.kind, request.data));
      else if (request.op === 'program') this.#answer(request.id, this.#programs.take(request.request));
      else if (request.op === 'close') void this.#close(request.drainMs);
    });
  }

  /** What the ledger took is told once it is durable, a refusal at once. */
  #answer(id: number, answer: LaneAnswer): void {
    const tell = (): void => this.#tell({ op: 'answer', id, answer });
    if (answer.ok) this.#lane.whenDurable(answer.sequence, tell);
    else tell();
  }

  /** A refusal is written down as well, so both are told once durable. */
  #session(id: number, command: SessionCommand): void {
    const answer = this.#sessionDesk.command(command);
    this.#lane.whenDurable(answer.sequence, () => this.#tell({ op: 'sessionAnswer', id, answer }));
  }

  #inject(kind: 'application' | 'deadLetter', data: Uint8Array): LaneAnswer {
    const reason = journalFullReason(this.#lane.context);
    if (reason !== undefined) return { ok: false, reason };
    return { ok: true, sequence: this.#lane.inject(kind, data), lastVenueMsgSeqNum: 0 };
  }

  async #openClients(): Promise<void> {
    try {
      this.#tell({ op: 'clientsOpen', port: await this.#sockets.openClients() });
      this.#lane.clientsMayLogOn(true);
    } catch (error) {
      this.#fail(error);
    }
  }

  #command({ kind, scope, id, reason }: LaneCommand): LaneAnswer {
    const { accounts, symbols } = this.#lane.context;
    const accountIndex = scope === 'account' ? accounts.lookupText(id) : 0;
    const symbolIndex = scope === 'symbol' ? symbols.lookupText(id) : 0;
    if (accountIndex === NO_INDEX || symbolIndex === NO_INDEX)
      return { ok: false, reason: `${scope} ${id} is not known` };
    const kinds = {
      firm: GATE_COMMAND_KIND.haltFirm,
      account: GATE_COMMAND_KIND.haltAccount,
      symbol: GATE_COMMAND_KIND.haltSymbol,
    };
    const value = kind === 'halt' ? 1 : 0;
    const payload = encodeGateCommand({ kind: kinds[scope], accountIndex, symbolIndex, value }, reason);
    const { status, sequence, lastVenueMsgSeqNum } = this.#lane.command(payload);
    return status === 0
      ? { ok: true, sequence, lastVenueMsgSeqNum }
      : { ok: false, reason: `the gate refused it (${status})` };
  }

  /** Something waits in a ring. While the loop turns anyway, the rings are looked at each turn and ringing costs ringers nothing. */
  #rung(): boolean {
    let more = false;
    this.#guarded(() => {
      more = (this.#prices?.drain() ?? 0) > 0;
      more = this.#drainLoads() > 0 || more;
    });
    const { spin } = this.#sockets;
    if (more) spin.touch();
    return more || spin.isTurning;
  }

  #drainLoads(): number {
    if (this.#loadRing === undefined) return 0;
    return this.#loadRing.poll((type, _topic, _source, bytes, start, end) => {
      const result = this.#takeLoadRow(type, bytes.subarray(start, end));
      if (result !== undefined) this.#tell({ op: 'load', result });
    }, LOAD_ROWS_A_DRAIN);
  }

  #takeLoadRow(type: number, row: Uint8Array): ReturnType<LoadDesk['take']> {
    this.#lane.begin();
    return this.#loads.take(type, row, this.#options.reload);
  }

  #tick(): void {
    this.#lane.tick();
    const { group } = this.#lane.context;
    const nowMs = performance.now();
    const due = group.bytes >= this.#snapshotBytes || (group.bytes > 0 && nowMs - this.#snapshotMs >= SNAPSHOT_MS);
    if (due && nowMs >= this.#snapshotRetryMs) this.#snapshot();
  }

  #retain(): void {
    const { context } = this.#lane;
    this.#lane.begin();
    this.#retention.look(this.#snapshotSequence);
    if (context.excessBytes === 0 && this.#retention.excessBytes > 0)
      this.#log.warn(
        { heldBytes: this.#retention.excessBytes },
        'a required reader is behind by retainGb: new orders are refused',
      );
    context.excessBytes = this.#retention.excessBytes;
  }

  /** What retention may take is covered by a snapshot: there are several within its bound. */
  get #snapshotBytes(): number {
    return Math.min(SNAPSHOT_BYTES, this.#options.retainBytes / 4);
  }

  /** A disk without room for a snapshot may have room for the ledger, and orders at the venue need it: only a failed ledger stops the lane. */
  #snapshot(): void {
    const { meter } = this.#lane.context;
    try {
      saveLane(this.#opened);
    } catch (error) {
      if (!isDiskError(error)) throw error;
      this.#snapshotRetryMs = performance.now() + SNAPSHOT_RETRY_MS;
      meter.count('snapshotFailures');
      this.#log.warn({ err: error, retryMs: SNAPSHOT_RETRY_MS }, 'no snapshot could be written');
      return;
    }
    this.#snapshotSequence = this.#journal.committedSequence;
    this.#snapshotMs = performance.now();
    meter.count('snapshots');
  }

  #view(): void {
    const { venue, group, gate, halts } = this.#lane.context;
    this.#tell({
      op: 'sessions',
      sessions: [venue, ...this.#opened.clients].map(sessionView),
      journal: group.journal.state(),
      businessDate: gate.firm().businessDate,
      halts: halts.list(),
    });
  }

  #event(session: string, kind: string, text: string): void {
    if (kind === 'logon' && session === this.#lane.context.venue.name) this.#sockets.venueIsUp();
    if (kind === 'warning' || kind === 'dead-letter' || kind === 'garbled') this.#log.warn({ session, kind }, text);
    else this.#log.info({ session, kind }, text);
  }

  #wakeReaders(): void {
    for (const bell of this.#options.memory.readerBells) ringDoorbell(bell, this.#options.native);
  }

  #guarded(run: () => void): void {
    if (this.#ended) return;
    try {
      run();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#log.error({ err: error }, 'the lane stops');
    this.#stop();
    // Before the sockets: what their end does to the sessions is not part of the ledger any more.
    this.#closeFailed();
    void this.#sockets.close();
    this.#tell(failure(error));
  }

  /** Whoever starts the next lane needs the ledger unlocked; that not all of it may be synced is part of the failure. */
  #closeFailed(): void {
    try {
      this.#journal.close();
    } catch (error) {
      this.#log.error({ err: error }, 'the ledger is closed unsynced');
    }
  }

  #stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#bell?.close();
  }

  /** Logs out clients, then the venue, waits for what is on its way, writes a snapshot and closes the ledger. */
  async #close(drainMs: number): Promise<void> {
    const deadline = performance.now() + drainMs;
    this.#lane.clientsMayLogOn(false);
    await this.#logout(this.#opened.clients, deadline);
    await this.#logout([this.#lane.context.venue], deadline);
    await this.#sockets.close();
    this.#stop();
    this.#guarded(() => this.#closeLedger());
    await Promise.all(this.#lane.context.sessions.map(session => session.textLog?.close()));
    this.#ended = true;
    this.#tell({ op: 'closed' });
  }

  #closeLedger(): void {
    try {
      this.#snapshot();
    } finally {
      this.#journal.close();
    }
    // Whoever waited for the last sync.
    this.#lane.flush();
  }

  async #logout(sessions: OpenedLane['clients'], deadline: number): Promise<void> {
    this.#guarded(() => this.#lane.logout(sessions, 'the gateway closes'));
    while (sessions.some(session => session.transport !== undefined) && performance.now() < deadline) {
      await new Promise(resolve => setTimeout(resolve, 10));
    }
  }
}

/** An error of a call to the system: it carries the call's name. */
function isDiskError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

function failure(error: unknown): LaneEvent {
  const code = error instanceof HeadraceError ? error.code : 'HR_INTERNAL';
  return { op: 'failed', code, message: error instanceof Error ? error.message : String(error) };
}
