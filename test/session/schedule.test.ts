import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

import {
  SessionTimes,
  WEEKDAYS,
  scheduleFault,
  sessionSettings,
  type SessionSchedule,
} from '../../src/session/index.js';
import { projectRoot } from '../support/project.js';

const GOLDEN = join(projectRoot, 'test/golden/schedules');
const DAY_MS = 86_400_000;

/** Those of SessionPeriods.java, and how many seconds their periods last where no clock changes. */
const SCHEDULES: Readonly<Record<string, readonly [SessionSchedule, number]>> = {
  day: [{ kind: 'daily', startTime: '08:00', endTime: '17:00' }, 32_400],
  around: [{ kind: 'daily', startTime: '02:30:00', endTime: '02:30:00' }, 86_400],
  night: [{ kind: 'daily', startTime: '23:30', endTime: '01:15:30', weekdays: WEEKDAYS.slice(0, 5) }, 6_330],
  week: [{ kind: 'weekly', startDay: 'sunday', startTime: '17:05', endDay: 'friday', endTime: '16:55' }, 431_400],
  always: [{ kind: 'weekly', startDay: 'friday', startTime: '00:00', endDay: 'friday', endTime: '00:00' }, 604_800],
};

const made = new Map<string, SessionTimes>();
function timesOf(zone: string, name: string): SessionTimes {
  const key = `${zone} ${name}`;
  const times = made.get(key) ?? new SessionTimes({ ...(SCHEDULES[name]?.[0] as SessionSchedule), timeZone: zone });
  made.set(key, times);
  return times;
}

function rowsOf(file: string): string[][] {
  const [, ...lines] = readFileSync(join(GOLDEN, file), 'utf8').trim().split('\n');
  return lines.map(line => line.split(','));
}

function yearOf(zone: string, name: string, year: number): string {
  const nominal = SCHEDULES[name]?.[1];
  let [count, hash] = [0, 0];
  const odd: string[] = [];
  for (let day = Date.UTC(year, 0, 1) / DAY_MS; day < Date.UTC(year + 1, 0, 1) / DAY_MS; day++) {
    const period = timesOf(zone, name).periodOn(day);
    if (period === undefined) continue;
    const [start, end] = [period.startMs / 1000, period.endMs / 1000];
    count++;
    for (const second of [start, end]) hash = (hash * 31 + second) % 1_000_000_007;
    if (end - start !== nominal) odd.push(`${start}+${end - start}`);
  }
  return `${count},${hash},${odd.join(' ')}`;
}

t.test('five schedules in twelve zones have the periods of java.time in each of ten years', async t => {
  const wrong: string[] = [];
  // By zone and year: the schedules of a zone share what it was asked.
  const rows = rowsOf('periods.csv').sort((a, b) => (`${a[0]}${a[2]}` < `${b[0]}${b[2]}` ? -1 : 1));
  for (const [zone = '', name = '', year, ...rest] of rows) {
    const own = yearOf(zone, name, Number(year));
    if (own !== rest.join(',')) wrong.push(`${zone} ${name} ${year}: ${own} and not ${rest.join(',')}`);
  }
  t.equal(rows.length, 600);
  t.strictSame(wrong, []);
});

t.test('2,100 moments, a third of them at boundaries, are open or shut as java.time has it', async t => {
  const wrong: string[] = [];
  const rows = rowsOf('moments.csv');
  for (const [zone = '', name = '', now, ...rest] of rows) {
    const moment = timesOf(zone, name).at(Number(now) * 1000);
    const own = [moment.isOpen, moment.startMs / 1000, moment.endMs / 1000, moment.periodMs / 1000].join(',');
    if (own !== rest.join(',')) wrong.push(`${zone} ${name} ${now}: ${own} and not ${rest.join(',')}`);
  }
  t.equal(rows.length, 2_100);
  t.strictSame(wrong, []);
});

const utc = (text: string): number => Date.parse(`${text}Z`);
const shown = (ms: number): string => new Date(ms).toISOString().slice(0, 16);

t.test('a start that the clock leaves out is the change itself; one that comes twice is the first', async t => {
  const times = new SessionTimes({ kind: 'daily', startTime: '02:30', endTime: '06:00', timeZone: 'Europe/Berlin' });
  const spring = times.at(utc('2026-03-29T00:30'));
  t.strictSame([shown(spring.startMs), shown(spring.endMs)], ['2026-03-29T01:00', '2026-03-29T04:00']);
  const autumn = times.at(utc('2026-10-25T00:00'));
  t.strictSame([shown(autumn.startMs), shown(autumn.endMs)], ['2026-10-25T00:30', '2026-10-25T05:00']);
  t.ok(times.at(utc('2026-10-25T01:10')).isOpen, 'while 02:10 is shown again the session goes on');
});

t.test('the end is outside, and a period without pause is followed by the next at once', async t => {
  const times = new SessionTimes({ kind: 'daily', startTime: '22:00', endTime: '22:00' });
  const [before, at] = [utc('2026-01-02T21:59:59'), utc('2026-01-02T22:00')];
  t.ok(times.at(before).isOpen);
  t.ok(times.at(at).isOpen);
  t.equal(times.isSamePeriod(before, at), false);
  t.equal(times.isSamePeriod(at, utc('2026-01-03T21:59')), true);
});

t.test('numbers made between two periods are those of the next one', async t => {
  const times = new SessionTimes({ kind: 'daily', startTime: '08:00', endTime: '17:00' });
  t.equal(times.isSamePeriod(utc('2026-01-02T16:59'), utc('2026-01-02T17:00')), false);
  t.equal(times.isSamePeriod(utc('2026-01-02T17:00'), utc('2026-01-03T16:59')), true);
  t.equal(times.isSamePeriod(utc('2026-01-02T17:00'), utc('2026-01-03T17:00')), false);
});

t.test('ResetSeqTime begins numbers anew amid a period, and day by day without one', async t => {
  const weekly = new SessionTimes({ ...(SCHEDULES['week']?.[0] as SessionSchedule), resetSeqTime: '12:00' });
  const wednesday = utc('2026-01-07T12:00');
  t.equal(weekly.isSamePeriod(wednesday - 1, wednesday), false);
  t.equal(weekly.isSamePeriod(wednesday, wednesday + DAY_MS - 1), true);
  const nonStop = new SessionTimes({ kind: 'nonStop', resetSeqTime: '17:00', timeZone: 'America/New_York' });
  const moment = nonStop.at(utc('2026-03-08T12:00'));
  t.strictSame([shown(moment.numbersMs), shown(moment.untilMs)], ['2026-03-07T22:00', '2026-03-08T21:00']);
  t.equal(moment.isOpen, true);
});

t.test('a schedule says its times in words', async t => {
  const words = (schedule: SessionSchedule): string => new SessionTimes(schedule).describe();
  t.strictSame(
    [
      words({ kind: 'nonStop' }),
      words({ kind: 'daily', startTime: '08:00', endTime: '17:00', weekdays: ['monday'], timeZone: 'Asia/Tokyo' }),
      words({ ...(SCHEDULES['week']?.[0] as SessionSchedule), resetSeqTime: '12:00' }),
    ],
    [
      'non-stop',
      'daily 08:00 to 17:00 (monday) Asia/Tokyo',
      'weekly sunday 17:05 to friday 16:55, numbers begin again at 12:00 UTC',
    ],
  );
});

t.test('what is wrong with a schedule is named by its key', async t => {
  const day = { kind: 'daily', startTime: '08:00', endTime: '17:00' };
  const faults: readonly (readonly [object, string])[] = [
    [{ kind: 'monthly' }, 'kind must be nonStop, daily or weekly'],
    [{ kind: 'daily', startTime: '08:00' }, 'endTime is needed by a schedule of kind daily'],
    [{ kind: 'nonStop', startTime: '08:00' }, 'startTime is not read by a schedule of kind nonStop'],
    [{ ...day, startDay: 'monday' }, 'startDay is not read by a schedule of kind daily'],
    [{ ...day, endTime: '24:00' }, 'endTime must be a time such as 08:00 or 08:00:00'],
    [{ ...day, resetSeqTime: '5pm' }, 'resetSeqTime must be a time such as 08:00 or 08:00:00'],
    [{ ...day, timeZone: 'Europe/Atlantis' }, 'timeZone is no time zone that is known, such as Europe/Berlin'],
    [{ ...day, weekdays: [] }, `weekdays must name days, each once, of ${WEEKDAYS.join(', ')}`],
    [{ ...day, weekdays: ['monday', 'monday'] }, `weekdays must name days, each once, of ${WEEKDAYS.join(', ')}`],
    [{ ...day, kind: 'weekly', startDay: 'Mo', endDay: 'friday' }, `startDay must be one of ${WEEKDAYS.join(', ')}`],
  ];
  for (const [schedule, text] of faults) {
    const fault = scheduleFault(schedule as SessionSchedule);
    t.equal(`${fault?.key} ${fault?.reason}`, text);
  }
  const names = { beginString: 'FIX.4.4', senderCompID: 'US', targetCompID: 'THEM', role: 'acceptor' } as const;
  t.throws(() => sessionSettings({ ...names, schedule: { kind: 'daily' } }), {
    message: 'session FIX.4.4:US->THEM: schedule.startTime is needed by a schedule of kind daily',
  });
});
