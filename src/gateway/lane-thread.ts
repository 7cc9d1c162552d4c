import { EventEmitter } from 'node:events';
import { Worker } from 'node:worker_threads';

import { releaseLog } from '../journal/index.js';
import { ClosedError, HeadraceError, TimeoutError, workerExecArgv } from '../model/index.js';
import {
  LEDGER,
  laneWorkerUrl,
  type Halt,
  type LaneAnswer,
  type LaneCommand,
  type LaneEvent,
  type LaneOptions,
  type LaneRequest,
  type LoadResult,
  type ProgramRequest,
  type RecoveredNames,
  type DeniedRequest,
  type RecoveredView,
  type SessionAnswer,
  type SessionCommand,
  type SessionView,
} from '../orders/index.js';

const RECOVERY_MS_MAX = 600_000;
const ANSWER_MS_MAX = 10_000;
/** The lane ends by itself after its drain; this long after, its thread is ended. */
const END_GRACE_MS = 5_000;

interface LaneThreadEvents {
  failed: [error: HeadraceError];
  load: [result: LoadResult];
}

/** What the lane last said of itself. */
export interface LaneStatus {
  readonly sessions: readonly SessionView[];
  readonly journal: string;
  /** YYYYMMDD of the newest start-of-day load; 0 before the first. */
  readonly businessDate: number;
  readonly halts: readonly Halt[];
}

/** Main's end of the lane's thread. A lane that fails is not started again: the process must recover as a whole. */
export class LaneThread extends EventEmitter<LaneThreadEvents> {
  status: LaneStatus = { sessions: [], journal: 'ok', businessDate: 0, halts: [] };
  /** The names the ledger holds, known once it is recovered. */
  names: RecoveredNames = { accounts: [], symbols: [], sessions: [] };
  readonly #worker: Worker;
  readonly #answers = new Map<number, (answer: LaneAnswer) => void>();
  readonly #sessionAnswers = new Map<number, (answer: SessionAnswer) => void>();
  #nextId = 1;
  #isClosed = false;

  constructor(options: LaneOptions) {
    super();
    this.#worker = new Worker(laneWorkerUrl, { workerData: options, name: 'lane', execArgv: workerExecArgv() });
    this.#worker.on('message', (event: LaneEvent) => this.#take(event));
    this.#worker.on('error', cause =>
      this.#fail(new HeadraceError('HR_LANE', `the lane broke: ${cause.message}`, { cause })),
    );
    const { threadId } = this.#worker;
    this.#worker.on('exit', code => {
      releaseLog({ directory: options.directory, name: LEDGER }, threadId);
      if (!this.#isClosed) this.#fail(new HeadraceError('HR_LANE', `the lane ended by itself with exit code ${code}`));
    });
  }

  /** Resolves when the ledger is folded and the lane stands where it stopped. */
  recovered(): Promise<RecoveredView> {
    return this.#expect('recovered', event => event.recovered, RECOVERY_MS_MAX);
  }

  openVenue(): void {
    this.#ask({ op: 'openVenue' });
  }

  /** Opens the clients' port; resolves with it. */
  openClients(): Promise<number> {
    this.#ask({ op: 'openClients' });
    return this.#expect('clientsOpen', event => event.port, ANSWER_MS_MAX);
  }

  reloadCertificates(): void {
    this.#ask({ op: 'reloadCertificates' });
  }

  command(command: LaneCommand): Promise<LaneAnswer> {
    return this.#question(id => ({ op: 'command', id, command }));
  }

  inject(kind: 'application' | 'deadLetter', data: Uint8Array): Promise<LaneAnswer> {
    return this.#question(id => ({ op: 'inject', id, kind, data }));
  }

  /** What a part of this process asks for its orders; its answer comes when that is durable. */
  program(request: ProgramRequest): Promise<LaneAnswer> {
    return this.#question(id => ({ op: 'program', id, request }));
  }

  /** An operator's command to a FIX session: rejects with ClosedError only, a refusal is an answer. */
  session(command: SessionCommand): Promise<SessionAnswer> {
    if (this.#isClosed) return Promise.reject(closed());
    const id = this.#nextId++;
    return new Promise(resolve => {
      this.#sessionAnswers.set(id, resolve);
      this.#ask({ op: 'session', id, command });
    });
  }

  /** Has a request written down that was refused before it came to the lane. */
  denied(request: DeniedRequest): void {
    if (!this.#isClosed) this.#ask({ op: 'denied', request });
  }

  /** Logs sessions out, drains for at most `drainMs`, snapshots, closes the ledger; resolves when the thread is gone. */
  async close(drainMs: number): Promise<void> {
    if (this.#isClosed) return;
    const ended = new Promise<void>(resolve => this.#worker.once('exit', () => resolve()));
    this.#ask({ op: 'close', drainMs });
    const timer = setTimeout(() => void this.#worker.terminate(), 2 * drainMs + END_GRACE_MS);
    await ended;
    clearTimeout(timer);
  }

  #ask(request: LaneRequest): void {
    this.#worker.postMessage(request);
  }

  #question(make: (id: number) => LaneRequest): Promise<LaneAnswer> {
    if (this.#isClosed) return Promise.reject(closed());
    const id = this.#nextId++;
    return new Promise(resolve => {
      this.#answers.set(id, resolve);
      this.#ask(make(id));
    });
  }

  #take(event: LaneEvent): void {
    if (event.op === 'sessions') {
      const { sessions, journal, businessDate, halts } = event;
      this.status = { sessions, journal, businessDate, halts };
    } else if (event.op === 'recovered') this.names = event.names;
    else if (event.op === 'load') this.emit('load', event.result);
    else if (event.op === 'failed') this.#fail(new HeadraceError(event.code as `HR_${string}`, event.message));
    else if (event.op === 'answer') this.#answer(event.id, event.answer);
    else if (event.op === 'sessionAnswer') this.#sessionAnswer(event.id, event.answer);
    else if (event.op === 'closed') this.#end();
    this.#worker.emit(`lane:${event.op}`, event);
  }

  #answer(id: number, answer: LaneAnswer): void {
    this.#answers.get(id)?.(answer);
    this.#answers.delete(id);
  }

  #sessionAnswer(id: number, answer: SessionAnswer): void {
    this.#sessionAnswers.get(id)?.(answer);
    this.#sessionAnswers.delete(id);
  }

  #end(): void {
    this.#isClosed = true;
    const gone = { ok: false, sequence: 0, code: 'HR_CLOSED', reason: 'the lane closed' } as const;
    for (const id of [...this.#sessionAnswers.keys()]) this.#sessionAnswer(id, gone);
    for (const id of [...this.#answers.keys()]) this.#answer(id, { ok: false, reason: 'the lane closed' });
    void this.#worker.terminate();
  }

  #fail(error: HeadraceError): void {
    if (this.#isClosed) return;
    this.#end();
    this.emit('failed', error);
  }

  /** Waits for one kind of event; a failure of the lane rejects. */
  #expect<Op extends LaneEvent['op'], Value>(
    op: Op,
    read: (event: Extract<LaneEvent, { op: Op }>) => Value,
    timeoutMs: number,
  ): Promise<Value> {
    return new Promise((resolve, reject) => {
      const onFailed = (error: HeadraceError): void => settle(() => reject(error));
      const onEvent = (event: Extract<LaneEvent, { op: Op }>): void => settle(() => resolve(read(event)));
      const timer = setTimeout(
        () => settle(() => reject(new TimeoutError('HR_LANE', `the lane did not say "${op}" within ${timeoutMs} ms`))),
        timeoutMs,
      );
      const settle = (done: () => void): void => {
        clearTimeout(timer);
        this.off('failed', onFailed);
        this.#worker.off(`lane:${op}`, onEvent);
        done();
      };
      this.on('failed', onFailed);
      this.#worker.on(`lane:${op}`, onEvent);
    });
  }
}

function closed(): ClosedError {
  return new ClosedError('HR_CLOSED', 'the lane is closed');
}
