import { FixBatch, builtInDictionaries, type Dictionaries, type FixMessage } from '../codec/index.js';
import { ConfigError, OutputError } from '../model/index.js';
import type { Addon } from '../native/index.js';
import {
  Receiver,
  Session,
  sessionName,
  sessionSettings,
  type ApplicationVerdict,
  type SessionActions,
  type SessionEventKind,
  type SessionSettings,
  type SessionStore,
  type ThrottleOutcome,
  type WriteBody,
} from '../session/index.js';
import { FixConnector, type ConnectorOptions } from './connector.js';
import { FixListener, certificateFault, type ListenerOptions, type LogonIdentity } from './listener.js';
import { MemoryStore } from './memory-store.js';
import { SlicePump } from './slice-pump.js';
import { TextLog, type TextLogOptions } from './text-log.js';
import { TemplateSessions, type SessionTemplate } from './template-sessions.js';
import { SLOW_CONSUMER, TRANSPORT_LIMITS, type Transport, type TransportEvents } from './transport.js';

/** What one makes of the messages of an engine's sessions. */
export interface FixApplication {
  onMessage(session: EngineSession, message: FixMessage): ApplicationVerdict;
  onLogon?(session: EngineSession): void;
  onLogout?(session: EngineSession, reason: string): void;
  /** A Reject (3) of the counterparty: it refused one of our messages as such. */
  onRejected?(session: EngineSession, message: FixMessage): void;
  onEvent?(session: EngineSession, kind: SessionEventKind, text: string): void;
  /** A connection was closed before it had a session. */
  onRefused?(remote: string, reason: string): void;
}

export interface EngineOptions {
  readonly application: FixApplication;
  readonly dictionaries?: Dictionaries;
  readonly native?: Addon | undefined;
  /** UTC nanoseconds; the system's clock unless told. */
  readonly now?: () => bigint;
  /** Text files of every session's messages and events, as QuickFIX writes them. Left out: none. */
  readonly textLogs?: TextLogOptions;
}

type AcceptorOptions = Omit<ListenerOptions, 'accept' | 'onRefused'>;
type InitiatorOptions = Omit<ConnectorOptions, 'onConnect' | 'opensInMs'> & SessionOptions;

/** What a session of an engine is given beside its settings. */
export interface SessionOptions {
  /** Where its numbers and messages are kept: in memory unless told. The engine closes it. */
  readonly store?: SessionStore;
  /** Those of its engine unless told. */
  readonly dictionaries?: Dictionaries;
}

const TICK_MS = 100;

/** UTC nanoseconds of the system's clock, to about a quarter of a microsecond. */
export function systemNowNs(): bigint {
  return BigInt(Math.round((performance.timeOrigin + performance.now()) * 1e6));
}

/** One session of an engine. Its numbers go on where its store has them; a store that fails ends the session for good. */
export class EngineSession implements SessionActions {
  readonly session: Session;
  /** Called at each logon; an initiator's connector counts it as a success. */
  onLoggedOn: (() => void) | undefined;
  /** Messages kept back, refused, and connections ended by `throttleIn` and `throttleOut`. */
  readonly throttleCounts: Record<ThrottleOutcome, number> = { delayed: 0, rejected: 0, disconnected: 0 };
  readonly #store: SessionStore;
  readonly #textLog: TextLog | undefined;
  #failure: Error | undefined;
  #transport: Transport | undefined;
  #wasLoggedOn = false;
  /** Sent while an answer to a ResendRequest is under way: it goes out behind that. */
  #behind: Uint8Array[] = [];
  #behindBytes = 0;

  constructor(
    settings: SessionSettings,
    private readonly options: EngineOptions & { readonly now: () => bigint },
    store: SessionStore = new MemoryStore(),
  ) {
    this.#store = store;
    this.#textLog = options.textLogs && new TextLog(settings, options.textLogs);
    const { dictionaries = builtInDictionaries, native } = options;
    const receiver = new Receiver(new FixBatch(native, { messageSizeMax: settings.messageSizeMax }));
    this.session = new Session(settings, dictionaries, store, receiver);
    this.session.restore(store.state);
  }

  get name(): string {
    return this.session.name;
  }

  get isConnected(): boolean {
    return this.#transport !== undefined;
  }

  /** Whether nobody else may connect: somebody has, or the store failed. */
  get isTaken(): boolean {
    return this.isConnected || this.#failure !== undefined;
  }

  /**
   * Sends a message; returns its MsgSeqNum, 0 when nothing was sent. `writeBody` writes fields in ascending tag order. Throws OutputError
   * (`HR_FIX_STORE`) when the store does not take it.
   */
  send(msgType: string, writeBody: WriteBody): number {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      return this.session.send(msgType, writeBody, this.options.now(), this);
    } catch (error) {
      if (error instanceof OutputError) this.#fail(error);
      throw error;
    }
  }

  /** Milliseconds until its schedule lets it log on; 0 = now. */
  opensInMs(): number {
    return this.session.opensInMs(this.options.now());
  }

  logout(text = ''): void {
    this.#guarded(() => this.session.logout(text, this.options.now(), this));
  }

  /** Called when its engine closes. */
  async close(): Promise<void> {
    this.#store.close();
    await this.#textLog?.close();
  }

  tick(): void {
    this.#guarded(() => this.session.tick(this.options.now(), this));
    this.#resume();
    if (this.#behindBytes > TRANSPORT_LIMITS.bufferedBytesMax) this.disconnect(SLOW_CONSUMER);
  }

  /** Serves a new connection. The session is free again as soon as either side ends it, before the socket is gone. */
  attach(transport: Transport): TransportEvents {
    this.#transport = transport;
    if (this.#failure !== undefined) transport.close(this.#failure.message);
    this.#guarded(() => this.session.connected(this.options.now(), this));
    const pump = new SlicePump(() => this.#transport === transport && this.#resume());
    return {
      onBytes: bytes => {
        if (this.#transport === transport) this.#guarded(() => this.session.receive(bytes, this.options.now(), this));
        if (this.session.isResending) pump.touch();
      },
      onDrain: () => pump.touch(),
      onClose: reason => {
        if (this.#transport === transport) this.#detach(reason);
      },
    };
  }

  /** Sends the next slice of an answer to a ResendRequest. Returns whether another may follow at once. */
  #resume(): boolean {
    if (!this.session.isResending || (this.#transport?.bufferedBytes ?? 0) > 0) return false;
    this.#guarded(() => this.session.resume(this.options.now(), this));
    if (this.session.isResending) return true;
    this.#sendBehind();
    return false;
  }

  #sendBehind(): void {
    if (this.#behind.length === 0) return;
    for (const bytes of this.#behind) this.#transport?.write(bytes);
    this.#dropBehind();
  }

  #dropBehind(): void {
    this.#behind = [];
    this.#behindBytes = 0;
  }

  #detach(reason: string): void {
    this.#transport = undefined;
    this.#dropBehind();
    this.#guarded(() => this.session.disconnected(this.options.now(), this));
    if (!this.#wasLoggedOn) return;
    this.#wasLoggedOn = false;
    this.options.application.onLogout?.(this, reason);
  }

  /** What rests on a store that failed does not happen: the session ends, and the next start goes on where the store is. */
  #guarded(run: () => void): void {
    if (this.#failure !== undefined) return;
    try {
      run();
    } catch (error) {
      if (!(error instanceof OutputError)) throw error;
      this.#fail(error);
    }
  }

  #fail(error: OutputError): void {
    this.#failure = error;
    this.options.application.onEvent?.(this, 'warning', error.message);
    const transport = this.#transport;
    transport?.close(error.message);
    if (transport !== undefined) this.#detach(error.message);
  }

  inbound(message: FixMessage, msgSeqNum: number): void {
    const bytes = message.bytes.subarray(message.start, message.end);
    this.#store.inbound(bytes, msgSeqNum, this.options.now());
    this.#textLog?.message(this.options.now(), bytes);
  }

  application(message: FixMessage): ApplicationVerdict {
    return this.options.application.onMessage(this, message);
  }

  rejected(message: FixMessage): void {
    this.options.application.onRejected?.(this, message);
  }

  outbound(bytes: Uint8Array, msgSeqNum: number, kind: Parameters<SessionActions['outbound']>[2]): void {
    if (kind === 'new' || kind === 'stored') this.#store.outbound(bytes, msgSeqNum, this.options.now());
    if (kind === 'stored') return;
    this.#textLog?.message(this.options.now(), bytes);
    if ((kind === 'new' || kind === 'released') && this.session.isResending) {
      this.#behind.push(bytes.slice());
      this.#behindBytes += bytes.length;
      return;
    }
    if (kind === 'new' || kind === 'released') this.#sendBehind();
    this.#transport?.write(bytes);
  }

  reset(nextInSeqNum: number, nextOutSeqNum: number): void {
    const { beganMs } = this.session;
    this.#store.reset({ nextInSeqNum, nextOutSeqNum, beganMs }, this.options.now());
  }

  disconnect(reason: string): void {
    this.#sendBehind();
    this.#transport?.close(reason);
    this.#detach(reason);
  }

  throttled(outcome: ThrottleOutcome): void {
    this.throttleCounts[outcome]++;
  }

  event(kind: SessionEventKind, text: string): void {
    this.#textLog?.event(this.options.now(), text);
    this.options.application.onEvent?.(this, kind, text);
    if (kind !== 'logon' || this.#wasLoggedOn) return;
    this.#wasLoggedOn = true;
    this.onLoggedOn?.();
    this.options.application.onLogon?.(this);
  }
}

/** What an acceptor session asks of a counterparty beyond its Logon. */
export interface AcceptorRules {
  /** A name in its certificate, common or alternative; the port's `tls.ca` asks for one. */
  readonly certificateName?: string;
}

type Given = Parameters<typeof sessionSettings>[0];

/** Sessions, sockets and timers joined for those who need no gate and no ledger: programs of one's own, the command line, the demo, tests. */
export class FixEngine {
  readonly #options: EngineOptions & { readonly now: () => bigint };
  readonly #sessions = new Map<string, EngineSession>();
  readonly #templates: TemplateSessions[] = [];
  readonly #certificateNames = new Map<EngineSession, string>();
  readonly #open: { close(reason?: string): Promise<void> }[] = [];
  readonly #listeners: FixListener[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(options: EngineOptions) {
    this.#options = { now: systemNowNs, ...options };
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  get sessions(): readonly EngineSession[] {
    return [...this.#sessions.values()];
  }

  /** Adds a session for counterparties to log on to. Throws ConfigError when it cannot be served or is there already. */
  addAcceptor(settings: Omit<Given, 'role'>, options: SessionOptions & AcceptorRules = {}): EngineSession {
    const { certificateName } = options;
    const session = this.#add({ ...settings, role: 'acceptor' }, options);
    if (certificateName !== undefined) this.#certificateNames.set(session, certificateName);
    return session;
  }

  /** Lets counterparties of a pattern log on, each to a session of its own. Throws ConfigError when none could be made from it. */
  addTemplate(template: SessionTemplate): void {
    sessionSettings({ ...template.settings, role: 'acceptor' });
    this.#templates.push(new TemplateSessions(template));
  }

  /** Adds a session and keeps it connected. */
  addInitiator(settings: Omit<Given, 'role'>, options: InitiatorOptions): EngineSession {
    const session = this.#add({ ...settings, role: 'initiator' }, options);
    const connector = new FixConnector({
      ...options,
      opensInMs: () => session.opensInMs(),
      onConnect: transport => session.attach(transport),
    });
    session.onLoggedOn = () => connector.succeeded();
    this.#open.push(connector);
    return session;
  }

  /** Opens a port for the acceptor sessions; resolves with the port. */
  async listen(options: AcceptorOptions): Promise<number> {
    const { onRefused } = this.#options.application;
    const listener = await FixListener.open({
      ...options,
      accept: (identity, transport) => this.#accept(identity, transport),
      ...(onRefused && { onRefused: (remote, reason) => onRefused.call(this.#options.application, remote, reason) }),
    });
    this.#open.push(listener);
    this.#listeners.push(listener);
    return listener.port;
  }

  /** Reads the certificates of its ports again, as they do by themselves when a file changed; connections keep theirs. */
  reloadCertificates(): void {
    for (const listener of this.#listeners) listener.reloadCertificates();
  }

  /** Logs every session out, gives the answers `drainMs` to come, and closes all connections. */
  async close(drainMs = 500): Promise<void> {
    for (const session of this.#sessions.values()) if (session.session.state === 'active') session.logout();
    const endMs = Date.now() + drainMs;
    while (Date.now() < endMs && this.sessions.some(session => session.session.state !== 'disconnected'))
      await new Promise(resolve => setTimeout(resolve, 10));
    clearInterval(this.#timer);
    await Promise.all(this.#open.map(part => part.close('the engine closes')));
    await Promise.all(this.sessions.map(session => session.close()));
  }

  #add(given: Given, { store, dictionaries }: SessionOptions): EngineSession {
    const settings = sessionSettings(given);
    const name = sessionName(settings);
    if (this.#sessions.has(name)) throw new ConfigError('HR_FIX_SETTINGS', `session ${name} is there already`);
    const session = new EngineSession(settings, { ...this.#options, ...(dictionaries && { dictionaries }) }, store);
    this.#sessions.set(name, session);
    return session;
  }

  #accept(identity: LogonIdentity, transport: Transport): TransportEvents | string | undefined {
    const session = this.#sessionOf(identity, transport.remote);
    if (session === undefined || session.isTaken || session.session.settings.role !== 'acceptor') return undefined;
    return certificateFault(transport, this.#certificateNames.get(session)) ?? session.attach(transport);
  }

  /** A session that was added, else one of the first template that is for such names. */
  #sessionOf(identity: LogonIdentity, remote: string): EngineSession | undefined {
    const name = sessionName(identity);
    const session = this.#sessions.get(name);
    const made = this.#templates.find(template =>
      session === undefined ? template.isOf(identity) : template.has(name),
    );
    if (made === undefined) return session;
    if (!made.approves(identity, remote)) return undefined;
    return session ?? this.#make(made, identity, remote);
  }

  #make(template: TemplateSessions, identity: LogonIdentity, remote: string): EngineSession | undefined {
    const settings = template.make(sessionName(identity), identity);
    const { certificateName } = template.template;
    if (settings !== undefined)
      return this.addAcceptor(settings, certificateName === undefined ? {} : { certificateName });
    const { sessionsMax, settings: given } = template.template;
    const { application } = this.#options;
    application.onRefused?.(remote, `template ${given.targetCompID} has made all of its ${sessionsMax} sessions`);
    return undefined;
  }

  #tick(): void {
    for (const session of this.#sessions.values()) session.tick();
  }
}
