import { FixBatch, builtInDictionaries, type Dictionaries, type FixMessage } from '../codec/index.js';
import { ConfigError } from '../model/index.js';
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
  type ThrottleOutcome,
  type WriteBody,
} from '../session/index.js';
import { FixConnector, type ConnectorOptions } from './connector.js';
import { FixListener, type ListenerOptions, type LogonIdentity } from './listener.js';
import { MemoryMessages } from './memory-messages.js';
import { SlicePump } from './slice-pump.js';
import { TemplateSessions, type SessionTemplate } from './template-sessions.js';
import { SLOW_CONSUMER, TRANSPORT_LIMITS, type Transport, type TransportEvents } from './transport.js';

/** What one makes of the messages of an engine's sessions. */
export interface FixApplication {
  onMessage(session: EngineSession, message: FixMessage): ApplicationVerdict;
  onLogon?(session: EngineSession): void;
  onLogout?(session: EngineSession, reason: string): void;
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
}

type AcceptorOptions = Omit<ListenerOptions, 'accept' | 'onRefused'>;
type InitiatorOptions = Omit<ConnectorOptions, 'onConnect'>;

const TICK_MS = 100;

/** UTC nanoseconds of the system's clock, to about a quarter of a microsecond. */
export function systemNowNs(): bigint {
  return BigInt(Math.round((performance.timeOrigin + performance.now()) * 1e6));
}

/** One session of an engine: what it sent lies in memory, so sequence numbers begin at 1 with the process. */
export class EngineSession implements SessionActions {
  readonly session: Session;
  /** Called at each logon; an initiator's connector counts it as a success. */
  onLoggedOn: (() => void) | undefined;
  readonly #sent = new MemoryMessages();
  /** Messages kept back, refused, and connections ended by `throttleIn` and `throttleOut`. */
  readonly throttleCounts: Record<ThrottleOutcome, number> = { delayed: 0, rejected: 0, disconnected: 0 };
  #transport: Transport | undefined;
  #wasLoggedOn = false;
  /** Sent while an answer to a ResendRequest is under way: it goes out behind that. */
  #behind: Uint8Array[] = [];
  #behindBytes = 0;

  constructor(
    settings: SessionSettings,
    private readonly options: EngineOptions & { readonly now: () => bigint },
  ) {
    const { dictionaries = builtInDictionaries, native } = options;
    const receiver = new Receiver(new FixBatch(native, { messageSizeMax: settings.messageSizeMax }));
    this.session = new Session(settings, dictionaries, this.#sent, receiver);
  }

  get name(): string {
    return this.session.name;
  }

  get isConnected(): boolean {
    return this.#transport !== undefined;
  }

  /** Sends a message; returns its MsgSeqNum, 0 when nothing was sent. `writeBody` writes fields in ascending tag order. */
  send(msgType: string, writeBody: WriteBody): number {
    return this.session.send(msgType, writeBody, this.options.now(), this);
  }

  logout(text = ''): void {
    this.session.logout(text, this.options.now(), this);
  }

  tick(): void {
    this.session.tick(this.options.now(), this);
    this.#resume();
    if (this.#behindBytes > TRANSPORT_LIMITS.bufferedBytesMax) this.disconnect(SLOW_CONSUMER);
  }

  /** Serves a new connection. The session is free again as soon as either side ends it, before the socket is gone. */
  attach(transport: Transport): TransportEvents {
    this.#transport = transport;
    this.session.connected(this.options.now(), this);
    const pump = new SlicePump(() => this.#transport === transport && this.#resume());
    return {
      onBytes: bytes => {
        if (this.#transport === transport) this.session.receive(bytes, this.options.now(), this);
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
    this.session.resume(this.options.now(), this);
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
    this.session.disconnected(this.options.now(), this);
    if (!this.#wasLoggedOn) return;
    this.#wasLoggedOn = false;
    this.options.application.onLogout?.(this, reason);
  }

  inbound(): void {
    // Nothing is journalled here: a process that ends forgets its numbers.
  }

  application(message: FixMessage): ApplicationVerdict {
    return this.options.application.onMessage(this, message);
  }

  outbound(bytes: Uint8Array, msgSeqNum: number, kind: Parameters<SessionActions['outbound']>[2]): void {
    if (kind === 'new' || kind === 'stored') this.#sent.put(msgSeqNum, bytes, this.options.now());
    if (kind === 'stored') return;
    if ((kind === 'new' || kind === 'released') && this.session.isResending) {
      this.#behind.push(bytes.slice());
      this.#behindBytes += bytes.length;
      return;
    }
    if (kind === 'new' || kind === 'released') this.#sendBehind();
    this.#transport?.write(bytes);
  }

  reset(_nextInSeqNum: number, nextOutSeqNum: number): void {
    if (nextOutSeqNum === 1) this.#sent.clear();
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
    this.options.application.onEvent?.(this, kind, text);
    if (kind !== 'logon' || this.#wasLoggedOn) return;
    this.#wasLoggedOn = true;
    this.onLoggedOn?.();
    this.options.application.onLogon?.(this);
  }
}

type Given = Parameters<typeof sessionSettings>[0];

/** Sessions, sockets and timers joined for those who need no journal: the command line, the demo, tests. */
export class FixEngine {
  readonly #options: EngineOptions & { readonly now: () => bigint };
  readonly #sessions = new Map<string, EngineSession>();
  readonly #templates: TemplateSessions[] = [];
  readonly #open: { close(reason?: string): Promise<void> }[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(options: EngineOptions) {
    this.#options = { now: systemNowNs, ...options };
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  get sessions(): readonly EngineSession[] {
    return [...this.#sessions.values()];
  }

  /** Adds a session for counterparties to log on to. Throws ConfigError when it cannot be served or is there already. */
  addAcceptor(settings: Omit<Given, 'role'>): EngineSession {
    return this.#add({ ...settings, role: 'acceptor' });
  }

  /** Lets counterparties of a pattern log on, each to a session of its own. Throws ConfigError when none could be made from it. */
  addTemplate(template: SessionTemplate): void {
    sessionSettings({ ...template.settings, role: 'acceptor' });
    this.#templates.push(new TemplateSessions(template));
  }

  /** Adds a session and keeps it connected. */
  addInitiator(settings: Omit<Given, 'role'>, options: InitiatorOptions): EngineSession {
    const session = this.#add({ ...settings, role: 'initiator' });
    const connector = new FixConnector({ ...options, onConnect: transport => session.attach(transport) });
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
    return listener.port;
  }

  /** Logs every session out, gives the answers `drainMs` to come, and closes all connections. */
  async close(drainMs = 500): Promise<void> {
    for (const session of this.#sessions.values()) if (session.session.state === 'active') session.logout();
    const endMs = Date.now() + drainMs;
    while (Date.now() < endMs && this.sessions.some(session => session.session.state !== 'disconnected'))
      await new Promise(resolve => setTimeout(resolve, 10));
    clearInterval(this.#timer);
    await Promise.all(this.#open.map(part => part.close('the engine closes')));
  }

  #add(given: Given): EngineSession {
    const settings = sessionSettings(given);
    const name = sessionName(settings);
    if (this.#sessions.has(name)) throw new ConfigError('HR_FIX_SETTINGS', `session ${name} is there already`);
    const session = new EngineSession(settings, this.#options);
    this.#sessions.set(name, session);
    return session;
  }

  #accept(identity: LogonIdentity, transport: Transport): TransportEvents | undefined {
    const session = this.#sessionOf(identity, transport.remote);
    if (session === undefined || session.isConnected || session.session.settings.role !== 'acceptor') return undefined;
    return session.attach(transport);
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
    if (settings !== undefined) return this.#add(settings);
    const { sessionsMax, settings: given } = template.template;
    const { application } = this.#options;
    application.onRefused?.(remote, `template ${given.targetCompID} has made all of its ${sessionsMax} sessions`);
    return undefined;
  }

  #tick(): void {
    for (const session of this.#sessions.values()) session.tick();
  }
}
