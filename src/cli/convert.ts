import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';

import { mayFail, type MissingPolicy, type RecordFile } from '../codec/index.js';
import { ConfigError } from '../model/index.js';
import { loadAddon, type NativeMode } from '../native/index.js';
import { nativeOption, workerCount } from './arguments.js';
import { eachColumnRow } from './convert/column-reader.js';
import { ColumnSink } from './convert/column-sink.js';
import { isFolder, lockOutputs, planFiles, type ConvertPlan } from './convert/convert-files.js';
import { ConvertRun } from './convert/convert-run.js';
import { openSetting, runKey, type ConvertSetting } from './convert/convert-setting.js';
import type { CsvTypes } from './convert/csv-line.js';
import { eachCsvRow } from './convert/csv-reader.js';
import { lineColumns } from './convert/csv-columns.js';
import { csvTables, NO_TABLES } from './convert/csv-tables.js';
import { textCell } from './convert/csv-text.js';
import { FORM_NAMES, formOf, type Form } from './convert/form.js';
import { eachJsonLine, LineReader, type EachLines } from './convert/line-reader.js';
import { addOutOptions, type OutFlags } from './convert/out-options.js';
import { GROUP_SIZE } from './convert/row-groups.js';
import { hasBlocks } from './convert/record-shaper.js';
import { emptyState, ResumeFile } from './convert/resume-state.js';
import type { Shape } from './convert/shape.js';
import { BlockSink, ByteSink, partOf, type ConvertSink } from './convert/sink.js';
import { BatchDecoder } from './decode/batch-decoder.js';
import { DeadLetter } from './decode/dead-letter.js';
import { openInput } from './decode/input.js';
import { JsonOutput } from './decode/json-output.js';
import { Progress } from './decode/progress.js';
import type { DecodeSink, RecordOutput } from './decode/record-output.js';
import { PooledReader, SoleReader, type RecordReader } from './decode/record-reader.js';
import { TaskPool, type DecodedTaker } from './decode/task-pool.js';
import { checkOutputs } from './outputs.js';
import { addRecordOptions, readFiles, type RecordFlags } from './record-options.js';

const EXAMPLES = `
Examples:
  headrace convert --copybook positions.cpy positions.dat positions.parquet
  headrace convert --copybook trades.cpy --format vb --select REC-TYPE=T:TRADE 'days/*.dat' trades.csv --dead-letter bad.dat
  headrace convert --copybook p.cpy --out-codepage ascii --out-format rdw --to copybook cp037/*.dat ascii/

Exit codes: 0 all records converted, 1 some were bad (each a JSON object on standard error), 65 an input is not of its form,
66 a file is not there, 78 the copybook or the output cannot be used. A run that was killed goes on where it was when it is started again.`;

interface ConvertFlags extends Partial<RecordFlags>, OutFlags {
  readonly from?: string;
  readonly to?: string;
  readonly absent: MissingPolicy;
  readonly nulls: MissingPolicy;
  readonly native: NativeMode;
  readonly workers?: number;
  readonly unordered?: boolean;
  readonly json?: boolean;
}

async function convertFiles(paths: readonly string[], flags: ConvertFlags): Promise<void> {
  const patterns = paths.slice(0, -1);
  const out = paths.at(-1)!;
  if (patterns.length === 0)
    throw new ConfigError('HR_OUTPUT', `${out} is one file; name the inputs and then the output`);
  if (paths.includes('-'))
    throw new ConfigError(
      'HR_OUTPUT',
      'convert reads and writes files, which it can go on with, and no standard input or output (-): decode and encode do; a file of this name is ./-',
    );
  const to = targetForm(out, flags);
  const plan = planFiles(patterns, out, to);
  const unlock = lockOutputs(plan);
  try {
    await convertPlan(plan, to, flags);
  } finally {
    unlock();
  }
}

async function convertPlan(plan: ConvertPlan, to: Form, flags: ConvertFlags): Promise<void> {
  const setting = await openSetting(sourceForm(plan, flags), to, flags);
  const copied = [setting.source, setting.target].flatMap(opened => opened?.copied.files ?? []);
  const named = [...plan.inputs.map(({ path }) => path), ...readFiles(flags), flags.outCopybook, flags.outOptions];
  checkOutputs([...named, ...copied], [...plan.jobs.map(({ output }) => output), setting.deadLetter]);
  const shape = await withColumns(setting, plan);
  const startMs = Date.now();
  const { run, resumed, deadLetter, reader, pool } = await openRun(setting, { plan, shape, flags });
  const { jobs, inputs, resumePath } = plan;
  const sizeBytes = inputs.reduce((sum, input) => sum + input.sizeBytes, 0);
  await run.convert({
    jobs,
    reader,
    pool,
    isRepeatable: isRepeatable(setting, flags),
    openSink: (path, size) => openSink(setting, shape, { path, sizeBytes: size }),
    deadLetter,
    resume: new ResumeFile(resumePath),
    progress: new Progress(sizeBytes, process.stderr.isTTY ? process.stderr : undefined),
  });
  printSummary({ run, plan, isJson: flags.json === true, seconds: (Date.now() - startMs) / 1000, resumed });
}

function targetForm(out: string, { to, copybook }: ConvertFlags): Form {
  if (to === undefined && isFolder(out))
    throw new ConfigError(
      'HR_FORM',
      `${out} is a folder, which does not tell the form of its files; name it with --to`,
    );
  return formOf(out, to, copybook !== undefined);
}

/** The form of the inputs, which all have the same. */
function sourceForm({ inputs }: ConvertPlan, { from, copybook }: ConvertFlags): Form {
  const forms = new Set(inputs.map(({ path }) => formOf(path, from, copybook !== undefined)));
  if (forms.size > 1)
    throw new ConfigError(
      'HR_FORM',
      `the inputs are of several forms (${[...forms].join(', ')}); convert each by itself`,
    );
  return [...forms][0]!;
}

/** Lines that no copybook describes have the columns of the first of them. */
async function withColumns(
  { shape, from, source }: ConvertSetting,
  { inputs }: ConvertPlan,
): Promise<Shape | undefined> {
  if (shape?.kind !== 'csv' || source !== undefined) return shape;
  let columns: readonly string[] = [];
  const input = openInput(inputs[0]!.path);
  await lineSource(from, UNTYPED)({ input, path: inputs[0]!.path, number: 0 }, async batch => {
    columns = lineColumns(batch);
    return false;
  });
  input.close();
  return { ...shape, columns };
}

const UNTYPED: CsvTypes = { numbers: new Set(), tables: NO_TABLES };

function lineSource(from: Form, types: CsvTypes): EachLines {
  if (from === 'csv') return eachCsvRow(types);
  return from === 'parquet' || from === 'arrow' ? eachColumnRow : eachJsonLine;
}

interface OpenedRun {
  readonly run: ConvertRun;
  readonly resumed: boolean;
  readonly deadLetter: DeadLetter | undefined;
  readonly reader: RecordReader;
  readonly pool: TaskPool;
}

interface RunSetting {
  readonly plan: ConvertPlan;
  readonly shape: Shape | undefined;
  readonly flags: ConvertFlags;
}

/** Opens workers and what hands them their tasks; the run goes on where an earlier one ended. */
async function openRun(setting: ConvertSetting, { plan, shape, flags }: RunSetting): Promise<OpenedRun> {
  const { jobs, inputs, resumePath } = plan;
  const { source, deadLetter, isRows } = setting;
  const { native, workers = availableParallelism(), unordered = false } = flags;
  const key = runKey(setting, inputs, jobs);
  const part = (output: number): string => partOf(jobs[output]?.output ?? '');
  const before = await new ResumeFile(resumePath).read({ key, part, deadLetter });
  const state = before ?? emptyState(key);
  const run = new ConvertRun(state);
  const letters = deadLetter === undefined ? undefined : new DeadLetter(deadLetter, state.deadLetterBytes);
  const take: DecodedTaker = decoded => run.take(decoded);
  loadAddon(native);
  const worker = {
    ...(source === undefined ? {} : { file: source.copied.portable }),
    ...(shape === undefined ? {} : { shape }),
    isRows,
    native,
    keepsBad: deadLetter !== undefined,
  };
  const isOrdered = !unordered || (source !== undefined && mayFail(source.file.policies));
  const tasksMax = makesGroups(setting) ? { tasksMax: workers + 1 } : {};
  const pool = new TaskPool({ worker, workers, isOrdered, ...tasksMax }, take);
  return {
    run,
    resumed: before !== undefined,
    deadLetter: letters,
    reader: openReader(setting, { pool, take, native }),
    pool,
  };
}

interface ReaderParts {
  readonly pool: TaskPool;
  readonly take: DecodedTaker;
  readonly native: NativeMode;
}

/** Whether workers make row groups. Each is large, so that only one more is under way than is made. */
const makesGroups = ({ to, isRows }: ConvertSetting): boolean => isRows && to === 'parquet';

function openReader(setting: ConvertSetting, parts: ReaderParts): RecordReader {
  const { from, source, columns, shape, deadLetter } = setting;
  const { pool, take, native } = parts;
  if (from !== 'copybook') {
    const numbers = columns.filter(({ isNumber }) => isNumber).map(({ path }) => path.toUpperCase());
    const tables = source === undefined ? NO_TABLES : csvTables(source.file);
    return new LineReader(lineSource(from, { numbers: new Set(numbers), tables }), pool, shape !== undefined);
  }
  const { file } = source!;
  const groupSize = makesGroups(setting) ? GROUP_SIZE : undefined;
  if (!isFamily(file)) return new PooledReader(file, pool, groupSize);
  const output = (sink: DecodeSink): RecordOutput => new JsonOutput(file, loadAddon(native), sink);
  return new SoleReader(file, new BatchDecoder(file, { output, keepsBad: deadLetter !== undefined }), take);
}

/** A record of a family is put together from those that follow it, in one thread. */
const isFamily = ({ policies }: RecordFile): boolean => policies.children !== undefined;

function isRepeatable({ from, source }: ConvertSetting, { unordered }: ConvertFlags): boolean {
  const isSole = from === 'copybook' && isFamily(source!.file);
  return !isSole && unordered !== true;
}

interface SinkPlace {
  readonly path: string;
  readonly sizeBytes: number;
}

function openSink(
  { to, source, target, isRows }: ConvertSetting,
  shape: Shape | undefined,
  place: SinkPlace,
): ConvertSink {
  const { path, sizeBytes } = place;
  if (to === 'parquet' || to === 'arrow') return new ColumnSink({ path, form: to, file: source?.file, isRows });
  const sink = new ByteSink(path, sizeBytes);
  if (shape?.kind === 'csv' && sizeBytes === 0) sink.write([Buffer.from(`${shape.columns.map(textCell).join(',')}\n`)]);
  return target !== undefined && hasBlocks(target.file) ? new BlockSink(sink, target.file) : sink;
}

interface Summary {
  readonly run: ConvertRun;
  readonly plan: ConvertPlan;
  readonly isJson: boolean;
  readonly seconds: number;
  readonly resumed: boolean;
}

function printSummary({ run, plan, isJson, seconds, resumed }: Summary): void {
  const { records, bad, bytes, done } = run.result;
  const summary = { records, bad, bytes, seconds, resumed, inputs: plan.inputs.length, outputs: done };
  const sizeBytes = done.reduce((sum, output) => sum + output.sizeBytes, 0);
  const names = done.length === 1 ? done[0]!.path : `${done.length} files`;
  const text = `${records} records, ${bad} bad; ${sizeBytes} bytes to ${names} in ${seconds.toFixed(1)} s`;
  process.stdout.write(isJson ? `${JSON.stringify(summary)}\n` : `${text}${resumed ? ', resumed' : ''}\n`);
}

export function convertCommand(): Command {
  const command = new Command('convert')
    .summary('convert files: records, JSON lines, CSV, Parquet, Arrow')
    .description(
      'Converts files into another form, on all cores: records of a copybook, JSON lines, CSV, Parquet, Arrow, and records into other records. The form is told by extension, any other is records.',
    )
    .argument('<files...>', 'files to read (patterns too), and the file or folder to write');
  for (const option of addRecordOptions(new Command()).options) command.addOption(option.makeOptionMandatory(false));
  const missing = (flag: string, text: string): Option => new Option(flag, text).choices(['default', 'refuse']);
  const forms = Object.keys(FORM_NAMES);
  return addOutOptions(command)
    .addOption(new Option('--from <form>', 'form of the inputs').choices(forms))
    .addOption(new Option('--to <form>', 'form of the output').choices(forms))
    .addOption(missing('--absent <policy>', 'an item of a record that is not there').default('default'))
    .addOption(missing('--nulls <policy>', 'an item of a record that is null').default('refuse'))
    .addOption(nativeOption())
    .option('--workers <n>', 'threads that convert; all cores when left out', workerCount)
    .option('--unordered', 'records in the order they are done; a killed run begins its output anew')
    .option('--json', 'the summary as JSON')
    .addHelpText('after', EXAMPLES)
    .action(convertFiles);
}
