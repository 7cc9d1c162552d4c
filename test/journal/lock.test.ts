import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import t from 'tap';

import { releaseLog } from '../../src/journal/index.js';
import { nativeModes, openLog, temporaryFolder } from '../support/journal.js';
import { projectRoot } from '../support/project.js';

/** A worker that opens the log, appends a frame and then lives until it is told, or ends at once. */
function openInWorker(directory: string, native: string): Worker {
  const journal = join(projectRoot, 'dist', 'test', 'support', 'journal.js');
  const program = `
    const { parentPort } = require('node:worker_threads');
    import(${JSON.stringify(journal)}).then(({ openLog, appendFrames }) => {
      const { writer } = openLog(${JSON.stringify(directory)}, { native: ${JSON.stringify(native)} });
      appendFrames(writer, 10);
      parentPort.postMessage('open');
      parentPort.on('message', () => process.exit(1));
    });`;
  return new Worker(program, { eval: true });
}

for (const native of nativeModes) {
  t.test(`${native}: the lock of a worker that ended without closing its log is released by its thread id`, async t => {
    const { directory, remove } = temporaryFolder();
    t.teardown(remove);
    const folder = { directory, name: 'ledger' };
    const worker = openInWorker(directory, native);
    const { threadId } = worker;
    await once(worker, 'message');
    t.throws(() => openLog(directory), { code: 'HR_JOURNAL_LOCKED' }, 'it lives');
    releaseLog(folder, threadId + 1);
    t.throws(() => openLog(directory), { code: 'HR_JOURNAL_LOCKED' }, 'another thread has no say');
    worker.postMessage('end');
    await once(worker, 'exit');
    t.throws(() => openLog(directory), { code: 'HR_JOURNAL_LOCKED' }, 'its process lives');
    releaseLog(folder, threadId);
    const { writer } = openLog(directory, { native });
    t.equal(writer.recovery.lastSequence, 10);
    releaseLog(folder, threadId);
    t.throws(() => openLog(directory), { code: 'HR_JOURNAL_LOCKED' }, 'the new owner keeps its lock');
    writer.close();
    t.equal(writer.stage({ type: 18, topic: 0, source: 0 }, new Uint8Array(1)), 0, 'a closed log takes nothing');
  });
}
