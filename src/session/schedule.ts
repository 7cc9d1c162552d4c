import { TimeZone } from './time-zone.js';

/** Days by their number in JavaScript's dates. */
export const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/**
 * When a session may be logged on, as QuickFIX's StartTime, EndTime, StartDay, EndDay, Weekdays, TimeZone, NonStopSession and ResetSeqTime.
 * `daily` begins a period on each of `weekdays` (all unless told), `weekly` one a week; an end not after its start is on the next
 * day, or in the next week. Sequence numbers begin again with each period, and at `resetSeqTime`.
 */
export interface SessionSchedule {
  readonly kind: 'nonStop' | 'daily' | 'weekly';
  /** `HH:MM` or `HH:MM:SS` on the zone's clock. The end itself is outside. */
  readonly startTime?: string | undefined;
  readonly endTime?: string | undefined;
  /** Weekly only. */
  readonly startDay?: Weekday | undefined;
  readonly endDay?: Weekday | undefined;
  /** Daily only: the days on which a period begins. */
  readonly weekdays?: readonly Weekday[] | undefined;
  /** IANA name such as Europe/Berlin; UTC unless told. */
  readonly timeZone?: string | undefined;
  /** Time of day at which the numbers begin again, whatever the kind. */
  readonly resetSeqTime?: string | undefined;
}

/** A moment seen by a schedule; UTC milliseconds. */
export interface SessionMoment {
  readonly isOpen: boolean;
  /** The period under way, or the next one. */
  readonly startMs: number;
  readonly endMs: number;
  /** End of the last period before: numbers from before it are of another period. */
  readonly periodMs: number;
  /** Numbers that began before this begin again: `periodMs`, or the last `resetSeqTime` where that is later. */
  readonly numbersMs: number;
  /** All of this holds from the last boundary to the next. */
  readonly fromMs: number;
  readonly untilMs: number;
}

const DAY_MS = 86_400_000;
/** Days without a period at most: two weeks, as a weekly start may fall on a day that its zone left out. */
const DAYS_LOOKED_AT = 16;
const TIME = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/;
const KEYS: Readonly<Record<SessionSchedule['kind'], readonly (keyof SessionSchedule)[]>> = {
  nonStop: ['kind', 'timeZone', 'resetSeqTime'],
  daily: ['kind', 'startTime', 'endTime', 'weekdays', 'timeZone', 'resetSeqTime'],
  weekly: ['kind', 'startTime', 'endTime', 'startDay', 'endDay', 'timeZone', 'resetSeqTime'],
};
const NEEDED: Readonly<Record<SessionSchedule['kind'], readonly (keyof SessionSchedule)[]>> = {
  nonStop: [],
  daily: ['startTime', 'endTime'],
  weekly: ['startTime', 'endTime', 'startDay', 'endDay'],
};

/** What is wrong with a schedule that may come from a file: the key, and why. */
export interface ScheduleFault {
  readonly key: string;
  readonly reason: string;
}

/** The first fault of a schedule; undefined for one that `SessionTimes` takes. */
export function scheduleFault(schedule: SessionSchedule): ScheduleFault | undefined {
  const kind = (schedule as SessionSchedule | null)?.kind;
  if (kind === undefined || !Object.hasOwn(KEYS, kind))
    return { key: 'kind', reason: 'must be nonStop, daily or weekly' };
  const given = Object.entries(schedule).filter(([, value]) => value !== undefined);
  const foreign = given.find(([key]) => !(KEYS[kind] as readonly string[]).includes(key));
  if (foreign !== undefined) return { key: foreign[0], reason: `is not read by a schedule of kind ${kind}` };
  const missing = NEEDED[kind].find(key => schedule[key] === undefined);
  if (missing !== undefined) return { key: missing, reason: `is needed by a schedule of kind ${kind}` };
  return given.map(([key, value]) => valueFault(key, value)).find(fault => fault !== undefined);
}

function valueFault(key: string, value: unknown): ScheduleFault | undefined {
  if (key === 'timeZone' && !isZone(value))
    return { key, reason: 'is no time zone that is known, such as Europe/Berlin' };
  if (key.endsWith('Time') && !(typeof value === 'string' && TIME.test(value)))
    return { key, reason: 'must be a time such as 08:00 or 08:00:00' };
  if (key.endsWith('Day') && !isWeekday(value)) return { key, reason: `must be one of ${WEEKDAYS.join(', ')}` };
  const isList = Array.isArray(value) && value.length > 0 && new Set(value).size === value.length;
  if (key === 'weekdays' && !(isList && value.every(isWeekday)))
    return { key, reason: `must name days, each once, of ${WEEKDAYS.join(', ')}` };
  return undefined;
}

function isWeekday(value: unknown): boolean {
  return (WEEKDAYS as readonly unknown[]).includes(value);
}

function isZone(value: unknown): boolean {
  try {
    return typeof value === 'string' && TimeZone.named(value) !== undefined;
  } catch {
    return false;
  }
}

interface Period {
  readonly startMs: number;
  readonly endMs: number;
}

const ALWAYS: SessionMoment = {
  isOpen: true,
  startMs: -Infinity,
  endMs: Infinity,
  periodMs: -Infinity,
  numbersMs: -Infinity,
  fromMs: -Infinity,
  untilMs: Infinity,
};

/** The moments of a schedule: a function of the time asked about alone. It remembers the last answer for as long as that holds. */
export class SessionTimes {
  readonly #zone: TimeZone;
  readonly #startDays: ReadonlySet<number>;
  readonly #startMs: number;
  /** From the midnight that begins the start's day. */
  readonly #endMs: number;
  readonly #resetMs: number | undefined;
  #last: SessionMoment | undefined;

  /** Takes what `scheduleFault` finds nothing wrong with. */
  constructor(private readonly schedule: SessionSchedule) {
    const { startTime = '00:00', endTime = '00:00', startDay, endDay, weekdays = WEEKDAYS, resetSeqTime } = schedule;
    this.#zone = TimeZone.named(schedule.timeZone ?? 'UTC');
    this.#startMs = timeMs(startTime);
    this.#resetMs = resetSeqTime === undefined ? undefined : timeMs(resetSeqTime);
    this.#startDays = new Set((startDay === undefined ? weekdays : [startDay]).map(day => WEEKDAYS.indexOf(day)));
    const lengthDays = startDay === undefined || endDay === undefined ? 0 : daysBetween(startDay, endDay);
    const endMs = timeMs(endTime) + lengthDays * DAY_MS;
    const again = startDay === undefined ? DAY_MS : 7 * DAY_MS;
    this.#endMs = endMs > this.#startMs ? endMs : endMs + again;
  }

  /** How the moment stands to the schedule. */
  at(utcMs: number): SessionMoment {
    const last = this.#last;
    if (last !== undefined && utcMs >= last.fromMs && utcMs < last.untilMs) return last;
    return (this.#last = this.#find(utcMs));
  }

  /** Whether numbers that began then are those of now. */
  isSamePeriod(beganMs: number, utcMs: number): boolean {
    return beganMs >= this.at(utcMs).numbersMs;
  }

  /** The times in words: `daily 08:00 to 17:00 Europe/Berlin`. */
  describe(): string {
    const { kind, startTime, endTime, startDay, endDay, weekdays, timeZone = 'UTC', resetSeqTime } = this.schedule;
    const start = [startDay, startTime].filter(Boolean).join(' ');
    const end = [endDay, endTime].filter(Boolean).join(' ');
    const days = weekdays === undefined ? '' : ` (${weekdays.join(', ')})`;
    const reset = resetSeqTime === undefined ? '' : `, numbers begin again at ${resetSeqTime}`;
    const zone = kind === 'nonStop' && resetSeqTime === undefined ? '' : ` ${timeZone}`;
    return `${kind === 'nonStop' ? 'non-stop' : `${kind} ${start} to ${end}${days}`}${reset}${zone}`;
  }

  /** The period that begins on a day of the zone's calendar, given in days since 1970; undefined where none does. */
  periodOn(day: number): Period | undefined {
    if (!this.#startDays.has(new Date(day * DAY_MS).getUTCDay())) return undefined;
    const startMs = this.#zone.momentOf(day * DAY_MS + this.#startMs);
    const endMs = this.#zone.momentOf(day * DAY_MS + this.#endMs);
    // Both may fall on one change of the clock, or on a day the zone left out.
    return startMs < endMs ? { startMs, endMs } : undefined;
  }

  #find(utcMs: number): SessionMoment {
    const today = Math.floor(this.#zone.wallMs(utcMs) / DAY_MS);
    const period = this.schedule.kind === 'nonStop' ? ALWAYS : this.#around(today, utcMs);
    const reset = this.#resetAround(today, utcMs);
    return {
      ...period,
      numbersMs: Math.max(period.numbersMs, reset.lastMs),
      fromMs: Math.max(period.fromMs, reset.lastMs),
      untilMs: Math.min(period.untilMs, reset.nextMs),
    };
  }

  #around(today: number, utcMs: number): SessionMoment {
    let day = today + 1;
    let before = this.periodOn(day);
    const first = today - DAYS_LOOKED_AT;
    while (day > first && !(before !== undefined && before.endMs <= utcMs)) before = this.periodOn(--day);
    const periodMs = before?.endMs ?? -Infinity;
    let period = this.periodOn(++day);
    const last = today + DAYS_LOOKED_AT;
    while (day < last && !(period !== undefined && period.endMs > utcMs)) period = this.periodOn(++day);
    const { startMs, endMs } = period ?? { startMs: Infinity, endMs: Infinity };
    const isOpen = startMs <= utcMs;
    const [fromMs, untilMs] = isOpen ? [startMs, endMs] : [periodMs, startMs];
    return { isOpen, startMs, endMs, periodMs, numbersMs: periodMs, fromMs, untilMs };
  }

  #resetAround(today: number, utcMs: number): { lastMs: number; nextMs: number } {
    const resetMs = this.#resetMs;
    if (resetMs === undefined) return { lastMs: -Infinity, nextMs: Infinity };
    const moments = [-2, -1, 0, 1, 2].map(days => this.#zone.momentOf((today + days) * DAY_MS + resetMs));
    const lastMs = Math.max(...moments.filter(moment => moment <= utcMs));
    return { lastMs, nextMs: Math.min(...moments.filter(moment => moment > utcMs)) };
  }
}

function timeMs(text: string): number {
  const [, hours = 0, minutes = 0, seconds = 0] = TIME.exec(text) ?? [];
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}

function daysBetween(from: Weekday, to: Weekday): number {
  return (WEEKDAYS.indexOf(to) - WEEKDAYS.indexOf(from) + 7) % 7;
}
