import { ConfigError } from '../../model/index.js';

/** One `Key=Value` of a settings file, its variables replaced. */
export interface SettingsEntry {
  /** As it is written; both engines' keys are found in any case. */
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

/** A section's entries by their key in lower case; of a repeated key the last. */
export type SettingsSection = ReadonlyMap<string, SettingsEntry>;

/** Something a settings file says that is not carried over, or is carried over in another way (`note`). */
export interface SettingsFinding {
  readonly file: string;
  readonly line: number;
  readonly key: string;
  /** `invalid` refuses the file; `unsupported` and `unknown` are left out; a `note` costs nothing. */
  readonly kind: 'invalid' | 'unsupported' | 'unknown' | 'note';
  readonly reason: string;
  readonly remedy: string;
}

/** One `[SESSION]`, with what it inherits from `[DEFAULT]`. */
export interface SettingsSession {
  readonly line: number;
  readonly entries: SettingsSection;
}

/** A QuickFIX settings file as text: sections and entries, keys not yet understood. */
export interface SettingsFile {
  readonly file: string;
  readonly defaults: SettingsSection;
  readonly sessions: readonly SettingsSession[];
  readonly findings: readonly SettingsFinding[];
}

export interface ReadSettingsOptions {
  /** Shown in findings; relative paths of the file begin at its folder. */
  readonly file: string;
  /** What `${name}` stands for; the process's environment unless told. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
}

const TEXT_SIZE_MAX = 4 << 20;
const SESSIONS_MAX = 10_000;
const SECTION = /^\[\s*(.*?)\s*\]$/;
const VARIABLE = /(\\?)\$\{([^}]+)\}/g;

/**
 * Reads a settings file as QuickFIX C++ and QuickFIX/J both do: `#` begins a comment line, what `[DEFAULT]` says holds for every
 * `[SESSION]` that does not say otherwise, the last of a repeated key counts, and `${name}` is a variable (`\${` is not). Where the
 * two differ a finding says so. Throws ConfigError (HR_FIX_SETTINGS) for a text that is too large.
 */
export function readSettings(text: string, options: ReadSettingsOptions): SettingsFile {
  if (text.length > TEXT_SIZE_MAX)
    throw new ConfigError('HR_FIX_SETTINGS', `${options.file} is larger than ${TEXT_SIZE_MAX} bytes: no settings file`);
  const reader = new SettingsReader(options);
  text.split(/\r\n|\r|\n/).forEach((line, index) => reader.line(line.trim(), index + 1));
  return reader.end();
}

type Entries = Map<string, SettingsEntry>;

class SettingsReader {
  readonly #file: string;
  readonly #variables: Readonly<Record<string, string | undefined>>;
  readonly #defaults: Entries = new Map();
  readonly #sessions: { line: number; entries: Entries }[] = [];
  readonly #findings: SettingsFinding[] = [];
  #section: Entries | undefined;
  #hasDefaults = false;

  constructor({ file, variables = process.env }: ReadSettingsOptions) {
    this.#file = file;
    this.#variables = variables;
  }

  line(text: string, line: number): void {
    // A byte order mark is white space to `trim`, so the first line needs no care of its own.
    if (text === '' || text.startsWith('#')) return;
    const section = SECTION.exec(text);
    if (section !== null) return this.#begin(section[1] ?? '', line);
    const equals = text.indexOf('=');
    if (equals < 0)
      return this.#invalid(
        line,
        text,
        'is neither a section, a Key=Value nor a comment',
        'begin it with #, or give it a value',
      );
    this.#entry(text.slice(0, equals).trim(), text.slice(equals + 1).trim(), line);
  }

  end(): SettingsFile {
    const sessions = this.#sessions.map(({ line, entries }) => ({
      line,
      entries: new Map([...this.#defaults, ...entries]),
    }));
    return { file: this.#file, defaults: this.#defaults, sessions, findings: this.#findings };
  }

  #begin(name: string, line: number): void {
    const known = name.toUpperCase();
    if (known === 'SESSION') return this.#beginSession(line);
    if (known !== 'DEFAULT') {
      this.#section = undefined;
      return this.#invalid(
        line,
        `[${name}]`,
        'is no section of a settings file',
        'sections are [DEFAULT] and [SESSION]',
      );
    }
    if (this.#hasDefaults)
      this.#invalid(
        line,
        '[DEFAULT]',
        'comes again: QuickFIX reads the first alone, QuickFIX/J all of them',
        'make them one',
      );
    this.#hasDefaults = true;
    this.#section = this.#defaults;
  }

  #beginSession(line: number): void {
    if (this.#sessions.length >= SESSIONS_MAX)
      throw new ConfigError(
        'HR_FIX_SETTINGS',
        `${this.#file}:${line}: more than ${SESSIONS_MAX} sessions; split the file`,
      );
    this.#section = new Map();
    this.#sessions.push({ line, entries: this.#section });
  }

  #entry(key: string, written: string, line: number): void {
    if (key === '') return this.#invalid(line, '=', 'has no key', 'write Key=Value');
    if (this.#section === undefined)
      return this.#invalid(line, key, 'stands before any section that is read', 'put it below [DEFAULT] or [SESSION]');
    const value = this.#replaced(written, line, key);
    const earlier = this.#section.get(key.toLowerCase());
    if (earlier !== undefined && earlier.value !== value)
      this.#add({
        line: earlier.line,
        key,
        kind: 'note',
        reason: `line ${line} says it again and counts`,
        remedy: 'keep one',
      });
    this.#section.set(key.toLowerCase(), { key, value, line });
  }

  #replaced(value: string, line: number, key: string): string {
    return value.replace(VARIABLE, (match, escape: string, name: string) => {
      const replaced = this.#variables[name];
      if (escape !== '') return match;
      if (replaced === undefined)
        this.#invalid(line, key, `variable ${name} is not set`, `set ${name}, or write \\\${ for ${'${'}`);
      return replaced ?? match;
    });
  }

  #invalid(line: number, key: string, reason: string, remedy: string): void {
    this.#add({ line, key, kind: 'invalid', reason, remedy });
  }

  #add(finding: Omit<SettingsFinding, 'file'>): void {
    this.#findings.push({ file: this.#file, ...finding });
  }
}
