import t from 'tap';

import { Desk } from '../support/desk.js';

t.setTimeout(60_000);

t.test(
  'after one reading of the clock an hour ahead, SendingTime is right, timers run and logons pass, restarts included',
  async t => {
    const desk = await new Desk().start();
    const now = Date.now;
    Date.now = () => now() + 3_600_000;
    try {
      desk.run?.handle({ op: 'command', id: 1, command: { kind: 'resume', scope: 'firm', id: '', reason: 'drill' } });
    } finally {
      Date.now = now;
    }
    const isNow = (fields: ReadonlyMap<number, string>): boolean => {
      const [, day = '', time = ''] = /^(\d{8})-(.*)$/.exec(fields.get(52) ?? '') ?? [];
      const iso = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T${time}Z`;
      return Math.abs(Date.parse(iso) - Date.now()) < 60_000;
    };
    desk.order('T1');
    t.ok(isNow(await desk.reported('T1', '0')), desk.report('T1')?.get(52) ?? 'no report');
    await desk.stopLane();
    await desk.startLane();
    await desk.until(() => desk.isUp, 'both sessions to be active again');
    desk.order('T2');
    t.ok(isNow(await desk.reported('T2', '0')), desk.report('T2')?.get(52) ?? 'no report');
    await desk.stop();
  },
);
