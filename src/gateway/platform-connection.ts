import { dirname, resolve } from 'node:path';

import type { FixMessage } from '../codec/index.js';
import { readSecret } from '../broker/index.js';
import { ConfigError, HeadraceError } from '../model/index.js';
import type { NativeMode } from '../native/index.js';
import {
  PlatformRules,
  PlatformWebServices,
  allocationFields,
  confirmationAnswerFields,
  field,
  platformProfiles,
  reportAnswerFields,
  unnamedProfile,
  type AllocationReportAnswer,
  type AllocationToSend,
  type ConfirmationAnswer,
  type PlatformOptions,
} from '../platforms/index.js';
import { sessionName, sessionSettings, type ApplicationVerdict, type SessionSettings } from '../session/index.js';
import { MemoryStore, openFileStore, systemNowNs, type EngineSession, type SessionOptions } from '../trading/index.js';
import { GatedSessions, type AllocationType, type SendResult } from './gated-sessions.js';
import type { OrderToSend, SendOrderResult } from './order-to-send.js';
import type { ProgramGate } from './program-gate.js';

/** What one makes of a platform's messages. */
export interface PlatformApplication {
  /** An application message, the view good during the call only. Without a handler reports are taken and dropped, and orders refused. */
  onMessage?(platform: string, message: FixMessage): ApplicationVerdict;
  /** A Reject (3) of the platform. */
  onRejected?(platform: string, message: FixMessage): void;
  /** Its session is logged on. */
  onLogon?(platform: string): void;
  /** Its session ended; it is connected again by itself. */
  onLogout?(platform: string, reason: string): void;
}

/** How a platform stands. */
export interface PlatformStatus {
  readonly status: 'CONNECTED' | 'DISCONNECTED' | 'FAILED';
  readonly profile: string;
  /** `FIX.4.4:DESK->CRD`. */
  readonly session?: string;
  readonly ordersSent?: number;
  readonly ordersRefused?: number;
  readonly allocationsSent?: number;
  readonly messagesReceived?: number;
  /** Rejects (3) and BusinessMessageRejects of the platform. */
  readonly rejectsReceived?: number;
  /** Names of the calls that `webServices` takes. */
  readonly webServices?: readonly string[];
  /** Why it is FAILED, or not connected. */
  readonly error?: string;
  readonly code?: string;
}

/** An order to a platform: `fields` has further fields by tag, custom ones among them. */
export interface PlatformOrder extends Omit<OrderToSend, 'session'> {
  /** Its name in the config; without it the only one connected. */
  readonly platform?: string | undefined;
  readonly fields?: Readonly<Record<string, string>> | undefined;
}

export interface ConnectionPlan {
  readonly name: string;
  readonly options: PlatformOptions;
  readonly rules: PlatformRules;
  readonly settings: SessionSettings;
  readonly webServices: PlatformWebServices | undefined;
  /** Where relative paths begin. */
  readonly folder: string;
}

/** What a platform's options come to; nothing is opened. Throws ConfigError for what cannot be. */
export function planConnection(name: string, options: PlatformOptions, file: string): ConnectionPlan {
  const profile = platformProfiles[options.profile ?? name];
  if (profile === undefined) throw new ConfigError('HR_CONFIG', unnamedProfile(name));
  const folder = dirname(resolve(file));
  const { session, messages = {}, customTags = [] } = options;
  const beginString = session.beginString ?? profile.beginStrings[0] ?? 'FIX.4.4';
  if (!profile.beginStrings.includes(beginString))
    throw new ConfigError('HR_CONFIG', `${profile.name} speaks ${profile.beginStrings.join(', ')}, not ${beginString}`);
  const { senderCompId, targetCompId, username, password, heartBtIntSeconds, resetOnLogon, role, schedule } = session;
  const settings = sessionSettings({
    ...profile.session,
    beginString,
    senderCompID: senderCompId,
    targetCompID: targetCompId,
    role,
    resetOnLogon,
    schedule,
    ...(heartBtIntSeconds !== undefined && { heartBtIntSeconds }),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password: readSecret(password, folder) }),
  });
  const rules = new PlatformRules(profile, { beginString, messages, customTags });
  const webServices = options.webServices && new PlatformWebServices(options.webServices, folder);
  return { name, options, rules, settings, webServices, folder };
}

interface ConnectionContext {
  readonly gate: ProgramGate;
  readonly native: NativeMode;
  readonly application: PlatformApplication;
}

/** Types that ask for something: one that nobody takes must be answered. */
const REQUESTS = new Set(['D', 'F', 'G', 'H', 'J']);

/** One platform: its session behind the gate, its rules, its web services. */
export class PlatformConnection {
  readonly #sessions: GatedSessions;
  #ordersSent = 0;
  #ordersRefused = 0;
  #allocationsSent = 0;
  #messagesReceived = 0;
  #rejectsReceived = 0;
  #reason: string | undefined;
  #onLogon: (() => void) | undefined;

  constructor(
    private readonly plan: ConnectionPlan,
    private readonly context: ConnectionContext,
  ) {
    const { settings, options, rules } = plan;
    const { host, port, tls, reconnectSeconds } = options.session;
    const address = { host, port };
    const files = tls && { ...tls, ...Object.fromEntries(pemFiles(tls, plan.folder)) };
    this.#sessions = new GatedSessions(
      [
        {
          name: this.sessionName,
          settings,
          hosts: settings.role === 'initiator' ? [address] : [],
          accept: settings.role === 'acceptor' ? address : undefined,
          tls: files as SessionTls,
          reconnectSeconds,
          options: () => this.#storeOptions(),
          compose: rules.compose,
          onWait: reason => (this.#reason = reason),
        },
      ],
      { application: this, gate: context.gate, native: context.native },
    );
  }

  get sessionName(): string {
    return sessionName(this.plan.settings);
  }

  get webServices(): PlatformWebServices | undefined {
    return this.plan.webServices;
  }

  get isConnected(): boolean {
    return this.#sessions.sessions.some(({ session }) => session.state === 'active');
  }

  /** Opens the session and waits for its logon. Rejects with what cannot be had: a port, a store. */
  async connect(): Promise<PlatformStatus> {
    await this.#sessions.start();
    const { connectTimeoutMs } = this.plan.options;
    if (!this.isConnected)
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, connectTimeoutMs);
        this.#onLogon = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    if (this.isConnected) return this.status();
    const { host, port } = this.plan.options.session;
    const why = this.#reason === undefined ? '' : `: ${this.#reason}`;
    const error = `not logged on to ${host}:${port} within ${connectTimeoutMs} ms${why}; it is tried further`;
    return { ...this.status(), status: 'FAILED', error, code: 'HR_NO_FIX_SESSION' };
  }

  status(): PlatformStatus {
    const { webServices, rules } = this.plan;
    const { isConnected } = this;
    return {
      status: isConnected ? 'CONNECTED' : 'DISCONNECTED',
      profile: rules.profile.name,
      session: this.sessionName,
      ordersSent: this.#ordersSent,
      ordersRefused: this.#ordersRefused,
      allocationsSent: this.#allocationsSent,
      messagesReceived: this.#messagesReceived,
      rejectsReceived: this.#rejectsReceived,
      ...(webServices && { webServices: webServices.endpoints }),
      ...(!isConnected && this.#reason !== undefined && { error: this.#reason }),
    };
  }

  /** Checks the order by the platform's rules, then by the gate, and sends it. */
  async sendOrder({ platform: _platform, fields = {}, ...order }: PlatformOrder): Promise<SendOrderResult> {
    const further = Object.entries(fields).map(([tag, value]) => field(Number(tag), value));
    const fault = this.plan.rules.furtherFault(further);
    const result: SendOrderResult = fault
      ? { status: 'REFUSED', ...fault }
      : await this.#sessions.sendOrder({ ...order, session: this.sessionName }, further);
    if (result.status === 'SENT') this.#ordersSent++;
    else this.#ordersRefused++;
    return result;
  }

  async sendAllocation(allocation: AllocationToSend): Promise<SendResult> {
    const fields = allocationFields(allocation, this.plan.settings.beginString, systemNowNs());
    const result = await this.#sendAllocation('J', fields);
    if (result.status === 'SENT') this.#allocationsSent++;
    return result;
  }

  async answerReport(answer: AllocationReportAnswer): Promise<SendResult> {
    return this.#sendAllocation('AT', reportAnswerFields(answer, systemNowNs()));
  }

  async answerConfirmation(answer: ConfirmationAnswer): Promise<SendResult> {
    return this.#sendAllocation('AU', confirmationAnswerFields(answer, systemNowNs()));
  }

  async close(): Promise<void> {
    this.#onLogon?.();
    this.plan.webServices?.close();
    await this.#sessions.close();
  }

  onMessage(_session: EngineSession, message: FixMessage): ApplicationVerdict {
    const { msgType } = message;
    const { application } = this.context;
    this.#messagesReceived++;
    if (msgType === 'j') this.#rejectsReceived++;
    if (!this.plan.rules.allows('in', msgType)) return 'unsupportedMessageType';
    if (application.onMessage !== undefined) return application.onMessage(this.plan.name, message);
    return REQUESTS.has(msgType) ? 'unsupportedMessageType' : 'taken';
  }

  onRejected(_session: EngineSession, message: FixMessage): void {
    this.#rejectsReceived++;
    this.context.application.onRejected?.(this.plan.name, message);
  }

  onLogon(): void {
    this.#onLogon?.();
    this.context.application.onLogon?.(this.plan.name);
  }

  onLogout(_session: EngineSession, reason: string): void {
    this.#reason = reason;
    this.context.application.onLogout?.(this.plan.name, reason);
  }

  async #sendAllocation(msgType: AllocationType, fields: ReturnType<typeof allocationFields>): Promise<SendResult> {
    return 'rule' in fields ? { status: 'REFUSED', ...fields } : this.#sessions.sendAllocation(msgType, fields);
  }

  #storeOptions(): SessionOptions {
    const { store } = this.plan.options.session;
    const { dictionaries } = this.plan.rules;
    if (store === undefined) return { store: new MemoryStore(), dictionaries };
    const folder = resolve(this.plan.folder, store);
    return { store: openFileStore({ folder, session: this.sessionName, durability: 'os' }), dictionaries };
  }
}

type SessionTls = ConstructorParameters<typeof GatedSessions>[0][number]['tls'];
type GivenTls = NonNullable<PlatformOptions['session']['tls']>;

function pemFiles(tls: GivenTls, folder: string): [string, string][] {
  return (['cert', 'key', 'ca'] as const).flatMap(name => {
    const path = tls[name];
    return path === undefined ? [] : [[name, resolve(folder, path)]];
  });
}

/** A platform that cannot be opened. */
export function failed(profile: string, error: unknown): PlatformStatus {
  const code = error instanceof HeadraceError ? error.code : 'HR_INTERNAL';
  return { status: 'FAILED', profile, error: (error as Error).message, code };
}
