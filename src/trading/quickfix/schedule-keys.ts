import { WEEKDAYS, type SessionSchedule, type Weekday } from '../../session/index.js';
import { flag, onlyAs, taken, unsupported, type KeyRow, type SessionDraft } from './key-row.js';

const WITHIN = 'a session may log on during all of its times; narrow StartTime and EndTime';
const YAML = { yaml: true };
const TIME = /^(\d\d:\d\d:\d\d)(?:\s+(\S+))?$/;

/** `08:00:00`; QuickFIX/J takes a zone behind it. */
const time =
  (name: 'startTime' | 'endTime') =>
  (value: string, { times, timeZones }: SessionDraft) => {
    const [, text, zone] = TIME.exec(value) ?? [];
    if (text === undefined) return 'must be a time such as 08:00:00';
    times[name] = text;
    if (zone !== undefined) timeZones[name] = zone;
    return undefined;
  };

/** A day by its name in English, or its first letters: two at least. */
function dayOf(value: string): Weekday | undefined {
  const text = value.trim().toLowerCase();
  return text.length < 2 ? undefined : WEEKDAYS.find(day => day.startsWith(text));
}

const day =
  (name: 'startDay' | 'endDay') =>
  (value: string, { times }: SessionDraft) => {
    const found = dayOf(value);
    if (found === undefined) return 'must be a day such as Sunday';
    times[name] = found;
    return undefined;
  };

function weekdays(value: string, { times }: SessionDraft): string | undefined {
  const days = value.split(',').map(dayOf);
  const known = days.filter(found => found !== undefined);
  if (known.length < days.length) return 'must be days such as Mon,Tue,Fri';
  times.weekdays = known;
  return undefined;
}

function timeZone(value: string, { times }: SessionDraft): string | undefined {
  if (value === '') return 'has no value';
  times.timeZone = value;
  return undefined;
}

/** Keys that say when the session is open. */
export const SCHEDULE_KEYS: readonly KeyRow[] = [
  taken(
    'NonStopSession',
    'both',
    flag(({ times }, isSet) => (times.kind = isSet ? 'nonStop' : undefined)),
    YAML,
  ),
  taken('StartTime', 'both', time('startTime'), YAML),
  taken('EndTime', 'both', time('endTime'), YAML),
  taken('StartDay', 'both', day('startDay'), YAML),
  taken('EndDay', 'both', day('endDay'), YAML),
  taken('Weekdays', 'QuickFIX/J', weekdays, YAML),
  taken('TimeZone', 'QuickFIX/J', timeZone, YAML),
  ...['LogonTime', 'LogoutTime', 'LogonDay', 'LogoutDay'].map(key => unsupported(key, 'both', WITHIN)),
  onlyAs('UseLocalTime', 'QuickFIX', ['N'], 'name the zone: TimeZone=Europe/Berlin'),
];

/** The times that the keys ask for; undefined where none does. Throws where StartTime and EndTime name two zones. */
export function scheduleOf({ times, timeZones }: SessionDraft): SessionSchedule | undefined {
  const { kind, timeZone: usual, ...given } = times;
  if (kind === 'nonStop') return { kind };
  if (Object.keys(given).length === 0) return undefined;
  const zone = timeZones.startTime ?? usual;
  const end = timeZones.endTime ?? usual;
  if (zone !== end)
    throw new Error(`StartTime is in ${zone ?? 'UTC'} and EndTime in ${end ?? 'UTC'}: a session has one zone`);
  const isWeekly = given.startDay !== undefined || given.endDay !== undefined;
  return { kind: isWeekly ? 'weekly' : 'daily', ...given, ...(zone !== undefined && { timeZone: zone }) };
}
