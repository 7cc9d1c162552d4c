import { dirname, resolve } from 'node:path';

import { VALIDATE_ALL } from '../../codec/index.js';
import { nearestName } from '../../options/index.js';
import { sessionName, sessionSettings, type SessionSettings } from '../../session/index.js';
import type { Address, TlsOptions } from '../tls.js';
import { NOT_SUPPORTED, emptyDraft, type KeyRow, type SessionDraft } from './key-row.js';
import { SETTINGS_KEYS, rowOf } from './keys.js';
import { scheduleOf } from './schedule-keys.js';
import type { SettingsEntry, SettingsFile, SettingsFinding, SettingsSession } from './settings-file.js';

/** One `[SESSION]`, understood: what a session of the library is opened with. */
export interface SessionPlan {
  /** Line of its `[SESSION]`. */
  readonly line: number;
  readonly name: string;
  readonly settings: SessionSettings;
  /** Of an initiator: where it connects, in turn. */
  readonly hosts: readonly Address[];
  /** Of an acceptor: where it listens. */
  readonly accept: Address | undefined;
  /** The wait before a reconnect. */
  readonly reconnectSeconds: number;
  readonly tls: TlsOptions | undefined;
  /** False: messages sent are not kept, and gap-filled when asked for. */
  readonly persistMessages: boolean;
  readonly store: { readonly folder: string; readonly sync: boolean } | undefined;
  /** Paths of data dictionaries that replace those built in. */
  readonly dictionaries: readonly string[];
  readonly entries: readonly SettingsEntry[];
}

/** The sessions of a file, and everything that is not carried over: by line. An `invalid` finding leaves its session out. */
export interface SessionPlans {
  readonly file: string;
  readonly plans: readonly SessionPlan[];
  readonly findings: readonly SettingsFinding[];
}

const RECONNECT_SECONDS = 30;

/** What every session of a settings file asks for, for sessions of the library. Never throws. */
export function planSessions(settings: SettingsFile): SessionPlans {
  const planner = new Planner(settings);
  const plans = settings.sessions.flatMap(session => planner.plan(session) ?? []);
  return { file: settings.file, plans, findings: planner.findings() };
}

/** Whether a value asks for what a session does without the key. */
export function asksForDefault(row: KeyRow, value: string): boolean {
  const usual = row.same ?? row.usual;
  if (usual !== undefined) return usual.includes(value.toUpperCase());
  const draft = emptyDraft();
  row.read?.(value, draft, '');
  const set = Object.entries({ ...draft.settings, ...draft.validation });
  return set.length > 0 && set.every(([name, wanted]) => DEFAULTS[name] === wanted);
}

const DEFAULTS: Readonly<Record<string, unknown>> = {
  ...sessionSettings({ beginString: 'FIX.4.4', senderCompID: 'A', targetCompID: 'B', role: 'acceptor' }),
  ...VALIDATE_ALL,
};

class Planner {
  readonly #settings: SettingsFile;
  readonly #folder: string;
  /** By line and key, so that what sessions inherit is told once. */
  readonly #findings = new Map<string, SettingsFinding>();
  readonly #names = new Map<string, number>();

  constructor(settings: SettingsFile) {
    this.#settings = settings;
    this.#folder = dirname(resolve(settings.file));
    settings.findings.forEach(finding => this.#add(finding));
    // Keys of [DEFAULT] are judged also where no session inherits them.
    this.#read([...settings.defaults.values()], emptyDraft());
  }

  findings(): readonly SettingsFinding[] {
    return [...this.#findings.values()].sort((a, b) => a.line - b.line);
  }

  plan(session: SettingsSession): SessionPlan | undefined {
    const draft = emptyDraft();
    const entries = [...session.entries.values()];
    const isRead = this.#read(entries, draft);
    const fault = this.#missing(draft) ?? this.#connectionFault(draft);
    if (fault !== undefined)
      this.#invalid(session.line, '[SESSION]', fault, 'the documentation of both engines asks for it');
    if (!isRead || fault !== undefined) return undefined;
    try {
      return this.#finish(session, draft, entries);
    } catch (error) {
      this.#invalid(session.line, '[SESSION]', (error as Error).message, 'docs/fix.md lists what a session takes');
      return undefined;
    }
  }

  /** Reads entries into the draft; false when one of them is wrong. */
  #read(entries: readonly SettingsEntry[], draft: SessionDraft): boolean {
    let isGood = true;
    for (const { key, value, line } of entries) {
      const known = rowOf(key);
      if (known === undefined) {
        this.#unknown(key, line);
        continue;
      }
      const { row, suffix } = known;
      const wrong = row.read?.(value, draft, suffix);
      if (wrong === NOT_SUPPORTED || (row.read === undefined && row.isNote !== true && !asksForDefault(row, value)))
        this.#add({ line, key, kind: 'unsupported', reason: `${key} ${NOT_SUPPORTED}`, remedy: row.remedy });
      else if (wrong !== undefined) {
        isGood = false;
        this.#invalid(line, key, `${JSON.stringify(value)} ${wrong}`, 'correct the value');
      } else if (row.read === undefined && row.isNote)
        this.#add({ line, key, kind: 'note', reason: 'is not needed', remedy: row.remedy });
    }
    return isGood;
  }

  #missing({ settings, hosts, ports, acceptPort }: SessionDraft): string | undefined {
    const { beginString, senderCompID, targetCompID, role } = settings;
    const needed = {
      BeginString: beginString,
      SenderCompID: senderCompID,
      TargetCompID: targetCompID,
      ConnectionType: role,
    };
    const ofRole: Readonly<Record<string, unknown>> =
      role === 'acceptor'
        ? { SocketAcceptPort: acceptPort }
        : { SocketConnectHost: hosts[0], SocketConnectPort: ports[0], HeartBtInt: settings.heartBtIntSeconds };
    const missing = Object.entries({ ...needed, ...ofRole }).filter(([, value]) => value === undefined);
    return missing.length === 0 ? undefined : `has no ${missing.map(([key]) => key).join(', ')}`;
  }

  #connectionFault({ hosts, ports }: SessionDraft): string | undefined {
    for (let at = 0; at < Math.max(hosts.length, ports.length); at++)
      if (hosts[at] === undefined || ports[at] === undefined)
        return `has not both SocketConnectHost${at} and SocketConnectPort${at}: they are numbered from 1 on, without a gap`;
    return undefined;
  }

  #finish(session: SettingsSession, draft: SessionDraft, entries: readonly SettingsEntry[]): SessionPlan | undefined {
    const { validation, settings, hosts, ports, acceptPort } = draft;
    const isUnchecked = draft.checkLatency === false;
    const schedule = scheduleOf(draft);
    const given = {
      ...settings,
      ...(schedule && { schedule }),
      validation: { ...VALIDATE_ALL, ...validation },
      ...(isUnchecked && { maxLatencySeconds: 0 }),
    };
    const whole = sessionSettings(given as Parameters<typeof sessionSettings>[0]);
    const name = sessionName(whole);
    const earlier = this.#names.get(name);
    if (earlier !== undefined) {
      this.#invalid(
        session.line,
        '[SESSION]',
        `${name} is the session of line ${earlier} too`,
        'give it another name, or leave it out',
      );
      return undefined;
    }
    this.#names.set(name, session.line);
    const isAcceptor = whole.role === 'acceptor';
    return {
      line: session.line,
      name,
      settings: whole,
      hosts: isAcceptor ? [] : hosts.map((host, at) => ({ host: host ?? '', port: ports[at] ?? 0 })),
      accept: isAcceptor ? { host: draft.acceptHost ?? '0.0.0.0', port: acceptPort ?? 0 } : undefined,
      reconnectSeconds: draft.reconnectSeconds ?? RECONNECT_SECONDS,
      ...this.#paths(draft),
      persistMessages: draft.persistMessages ?? true,
      entries,
    };
  }

  #paths(draft: SessionDraft): Pick<SessionPlan, 'tls' | 'store' | 'dictionaries'> {
    const path = (name: string): string => resolve(this.#folder, name);
    const { cert, key, ca, serverName } = draft.tls;
    const pems = { ...(cert && { cert: path(cert) }), ...(key && { key: path(key) }), ...(ca && { ca: path(ca) }) };
    const isTls = draft.useTls ?? Object.keys(pems).length > 0;
    const { storeFolder, storeSync = false, transportDictionary } = draft;
    return {
      tls: isTls ? { ...pems, ...(serverName && { serverName }) } : undefined,
      store: storeFolder === undefined ? undefined : { folder: path(storeFolder), sync: storeSync },
      dictionaries: [...(transportDictionary ? [transportDictionary] : []), ...draft.dictionaries.values()].map(path),
    };
  }

  #unknown(key: string, line: number): void {
    const nearest = nearestName(
      key,
      SETTINGS_KEYS.map(row => row.key),
    );
    const remedy =
      nearest === undefined ? 'no key of QuickFIX or QuickFIX/J; leave it out' : `did you mean ${nearest}?`;
    this.#add({ line, key, kind: 'unknown', reason: `${key} is not known`, remedy });
  }

  #invalid(line: number, key: string, reason: string, remedy: string): void {
    this.#add({ line, key, kind: 'invalid', reason, remedy });
  }

  #add(finding: Omit<SettingsFinding, 'file'>): void {
    const known = `${finding.line} ${finding.key} ${finding.reason}`;
    if (!this.#findings.has(known)) this.#findings.set(known, { ...finding, file: this.#settings.file });
  }
}
