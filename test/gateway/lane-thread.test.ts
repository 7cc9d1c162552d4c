import t from 'tap';

import { LaneThread } from '../../src/gateway/lane-thread.js';
import { Desk } from '../support/desk.js';

t.test('a lane whose thread ends by itself leaves the ledger to the next lane of the process', async t => {
  const directory = t.testdir({
    'ends.mjs': 'setTimeout(() => process.exit(3), 300); export default () => undefined;',
  });
  const desk = new Desk({ directory, rules: [{ name: 'ends', module: `${directory}/ends.mjs` }] });
  const options = desk.laneOptions();
  const first = new LaneThread(options);
  const failed = new Promise<Error>(resolve => first.on('failed', resolve));
  const { lastSequence } = await first.recovered();
  t.match(await failed, { code: 'HR_LANE', message: 'the lane ended by itself with exit code 3' });
  const second = new LaneThread({ ...options, rules: [] });
  second.on('failed', error => t.error(error));
  t.ok((await second.recovered()).lastSequence > lastSequence);
  await second.close(100);
});
