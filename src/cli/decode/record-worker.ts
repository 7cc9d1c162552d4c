import { workerData } from 'node:worker_threads';

import { openRecordFile } from '../../codec/index.js';
import { serveTasks } from '../../decode/index.js';
import { loadAddon, type Addon } from '../../native/index.js';
import { LineTaskRunner, type LinesTask } from '../convert/line-tasks.js';
import { RowGroups } from '../convert/row-groups.js';
import { RowOutput } from '../convert/row-output.js';
import { openShaper } from '../convert/shape.js';
import { ShapedOutput } from '../convert/shaped-output.js';
import { unpack, type PortableOptions } from './copies.js';
import type { Decoded } from './decoded.js';
import { JsonOutput } from './json-output.js';
import type { DecodeSink, RecordOutput } from './record-output.js';
import { RecordTaskRunner } from './record-task-runner.js';
import type { RecordTask, RecordWorkerOptions } from './record-tasks.js';

// A worker of decode's and convert's pool. It compiles its plans when the first task comes that needs them.
const options = workerData as RecordWorkerOptions;
const native = loadAddon(options.native);
let records: RecordTaskRunner | undefined;
let lines: LineTaskRunner | undefined;
let groups: RowGroups | undefined;
/** Where the rows of the task in hand become a row group. */
let group: RowGroups | undefined;

function recordRunner(portable: PortableOptions, addon: Addon | undefined): RecordTaskRunner {
  const file = openRecordFile(unpack(portable));
  const { shape, isRows, keepsBad } = options;
  const json = (sink: DecodeSink): RecordOutput => new JsonOutput(file, addon, sink);
  const output = (sink: DecodeSink): RecordOutput => {
    if (isRows === true) return new RowOutput(file, addon, sink, () => group);
    return shape === undefined ? json(sink) : new ShapedOutput(json, openShaper(shape, addon), sink);
  };
  return new RecordTaskRunner(file, { output, keepsBad });
}

function run(task: RecordTask | LinesTask): Decoded {
  if (task.kind === 'lines') return (lines ??= new LineTaskRunner(openShaper(options.shape!, native))).run(task);
  const runner = (records ??= recordRunner(options.file!, native));
  if (task.kind !== 'range' || task.isGroup !== true) return runner.run(task);
  groups ??= new RowGroups(openRecordFile(unpack(options.file!)), native);
  group = groups;
  const decoded = runner.run(task);
  group = undefined;
  return { ...decoded, group: groups.take() };
}

serveTasks(async (task: RecordTask | LinesTask) => {
  const result = run(task);
  const written = [...result.text, ...result.deadLetters].map(({ buffer }) => buffer);
  const transfer = [...written, ...result.spare, ...result.unused];
  return { result, transfer };
});
