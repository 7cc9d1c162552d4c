import type { ValidationRules } from '../../codec/index.js';
import type { SessionSchedule, SessionSettings } from '../../session/index.js';
import type { TlsOptions } from '../tls.js';

type Mutable<T> = { -readonly [Name in keyof T]?: T[Name] | undefined };

/** What the keys of one session are read into. */
export interface SessionDraft {
  settings: Mutable<Omit<SessionSettings, 'validation'>>;
  validation: Mutable<ValidationRules>;
  tls: Mutable<TlsOptions>;
  times: Mutable<SessionSchedule>;
  /** Zones that QuickFIX/J allows behind StartTime and EndTime. */
  timeZones: Partial<Record<'startTime' | 'endTime', string>>;
  /** SocketConnectHost and SocketConnectPort, then those numbered 1, 2, … */
  hosts: (string | undefined)[];
  ports: (number | undefined)[];
  acceptHost?: string | undefined;
  acceptPort?: number | undefined;
  reconnectSeconds?: number | undefined;
  useTls?: boolean | undefined;
  checkLatency?: boolean | undefined;
  persistMessages?: boolean | undefined;
  storeFolder?: string | undefined;
  storeSync?: boolean | undefined;
  /** Paths of data dictionaries, by what they explain: '' the session's version, else an application version. */
  dictionaries: Map<string, string>;
  transportDictionary?: string | undefined;
}

export function emptyDraft(): SessionDraft {
  return {
    settings: {},
    validation: {},
    tls: {},
    times: {},
    timeZones: {},
    hosts: [],
    ports: [],
    dictionaries: new Map(),
  };
}

/** What `read` says of a value that is right and cannot be served. */
export const NOT_SUPPORTED = 'is not supported';

/** Which engine documents a key. */
export type Engine = 'QuickFIX' | 'QuickFIX/J' | 'both';

/** One documented key. */
export interface KeyRow {
  readonly key: string;
  readonly engine: Engine;
  /** Takes the value; returns what is wrong with it. `suffix` is what follows the key's name: `1` of SocketConnectHost1. */
  readonly read?: (value: string, draft: SessionDraft, suffix: string) => string | undefined;
  /** Without `read`: the values that ask for what is done here anyway. */
  readonly same?: readonly string[];
  /** Of a key that is read, but not into a setting of the session: its value when nothing is said. */
  readonly usual?: readonly string[];
  /** The key may be followed by a number, or by a point and a version. */
  readonly suffixed?: 'number' | 'version';
  /** The gateway's YAML has it. Else the gateway does as the key asks only where that is the default. */
  readonly yaml?: boolean;
  /** It asks for nothing that must be done: what stands in its place is told, and that is all. */
  readonly isNote?: boolean;
  /** What to do where it is not supported; of a note, what stands in its place. */
  readonly remedy: string;
}

type Read = NonNullable<KeyRow['read']>;
type Options = Partial<Pick<KeyRow, 'yaml' | 'remedy' | 'suffixed' | 'isNote' | 'usual'>>;

const OF_LIBRARY = 'the gateway’s sessions have no such setting; a session of the library has (docs/fix.md)';

/** A key that a session of the library takes as it is. */
export function taken(key: string, engine: Engine, read: Read, options: Options = {}): KeyRow {
  return { key, engine, read, remedy: OF_LIBRARY, ...options };
}

/** A key whose value must be one of `same`; any other is not supported. */
export function onlyAs(key: string, engine: Engine, same: readonly string[], remedy: string): KeyRow {
  return { key, engine, same, remedy };
}

/** A key that nothing here stands for. */
export function unsupported(key: string, engine: Engine, remedy: string): KeyRow {
  return { key, engine, same: [], remedy };
}

/** A key that is not needed here. */
export function note(key: string, engine: Engine, remedy: string): KeyRow {
  return { key, engine, isNote: true, remedy };
}

/** Y or N. */
export function flag(set: (draft: SessionDraft, isSet: boolean) => void): Read {
  return (value, draft) => {
    if (!/^[yn]$/i.test(value)) return 'must be Y or N';
    set(draft, /^y$/i.test(value));
    return undefined;
  };
}

/** A whole number of `min` to `max`. */
export function whole(min: number, max: number, set: (draft: SessionDraft, value: number, at: number) => void): Read {
  return (value, draft, suffix) => {
    const number = Number(value);
    if (!/^\d{1,10}$/.test(value) || number < min || number > max) return `must be a whole number of ${min} to ${max}`;
    set(draft, number, Number(suffix));
    return undefined;
  };
}

/** A text that is not empty. */
export function words(set: (draft: SessionDraft, value: string, suffix: string) => void): Read {
  return (value, draft, suffix) => {
    if (value === '') return 'has no value';
    set(draft, value, suffix);
    return undefined;
  };
}
