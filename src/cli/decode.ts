import { Command, Option } from 'commander';

import { openRecordFile, type RecordBatch, type RecordFile, type Refusal } from '../codec/index.js';
import { loadAddon, type NativeMode } from '../native/index.js';
import { eachBatch } from './decode/batches.js';
import { DeadLetter } from './decode/dead-letter.js';
import { openInput, type Input } from './decode/input.js';
import { inputFiles } from './decode/input-files.js';
import { JsonOutput } from './decode/json-output.js';
import { Progress } from './decode/progress.js';
import { runsOf, type DecodeSink, type RecordOutput } from './decode/record-output.js';
import { refuseKind, refuseRest } from './decode/record-refusals.js';
import { TableOutput } from './decode/table-output.js';
import { EXIT_SOME_BAD } from './program.js';
import { addRecordOptions, readRecordOptions, type RecordFlags } from './record-options.js';

const EXAMPLES = `
Examples:
  headrace decode --copybook positions.cpy --codepage cp037 positions.dat > positions.jsonl
  headrace decode --copybook trades.cpy --format vb --select REC-TYPE=H:HEADER --select REC-TYPE=T:TRADE trades.dat

Exit codes: 0 all records decoded, 1 some were bad (each a JSON object on standard error), 78 the copybook or data cannot be used.`;

/** sysexits(3): standard output failed. */
const EXIT_IO = 74;

interface DecodeFlags extends RecordFlags {
  readonly json?: boolean;
  readonly native: NativeMode;
}

async function decodeFiles(paths: readonly string[], flags: DecodeFlags): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : EXIT_IO));
  const options = readRecordOptions(flags);
  const file = openRecordFile(options.file);
  const inputs = inputFiles(paths).map(path => ({ path, input: openInput(path) }));
  const deadLetter = options.deadLetter === undefined ? undefined : new DeadLetter(file, options.deadLetter);
  const run = new DecodeRun(
    file,
    flags,
    inputs.map(({ input }) => input),
    deadLetter,
  );
  for (const { path, input } of inputs) if (!(await run.decode(input, inputs.length > 1 ? path : undefined))) break;
  run.finish();
  for (const { input } of inputs) input.close();
  deadLetter?.close();
}

/** One run over all the files: their records to standard output, what is bad to standard error and the dead-letter file. */
class DecodeRun implements DecodeSink {
  private readonly output: RecordOutput;
  private readonly progress: Progress;
  private path: string | undefined;
  private doneBytes = 0;
  private doneRecords = 0;

  constructor(
    private readonly file: RecordFile,
    flags: DecodeFlags,
    inputs: readonly Input[],
    private readonly deadLetter: DeadLetter | undefined,
  ) {
    const asJson = flags.json === true || !process.stdout.isTTY;
    const hasBar = asJson && process.stderr.isTTY && !process.stdout.isTTY;
    const isSizeKnown = inputs.every(({ sizeBytes }) => sizeBytes > 0);
    const sizeBytes = isSizeKnown ? inputs.reduce((sum, input) => sum + input.sizeBytes, 0) : 0;
    this.progress = new Progress(sizeBytes, hasBar ? process.stderr : undefined);
    this.output = asJson ? new JsonOutput(file, loadAddon(flags.native), this) : new TableOutput(file, this);
  }

  /** Decodes one file; false when a bad record ends the run. `path` is named in refusals. */
  async decode(input: Input, path: string | undefined): Promise<boolean> {
    this.path = path;
    let goesOn = true;
    let records = 0;
    const rest = await eachBatch(input, this.file, async batch => {
      goesOn = await this.batch(batch);
      records = batch.first.record + batch.framing.count - 1;
      this.progress.show(this.doneBytes + batch.first.fileOffset + batch.framing.consumed, this.doneRecords + records);
      return goesOn;
    });
    this.doneBytes += input.sizeBytes;
    this.doneRecords += records;
    await this.output.finish();
    if (rest === undefined) return goesOn;
    this.report(refuseRest(this.file, rest));
    return this.file.policies.onError !== 'fail';
  }

  finish(): void {
    this.progress.clear();
  }

  /** Waits when the reader of standard output is slower; a reader that went away ends the program quietly. */
  async print(chunk: Uint8Array | string): Promise<void> {
    if (chunk.length === 0 || process.stdout.write(chunk)) return;
    await new Promise(resolve => process.stdout.once('drain', resolve));
  }

  tell(refusal: Refusal): void {
    this.report(refusal);
  }

  refuse(refusal: Refusal, batch: RecordBatch, index: number): void {
    this.report(refusal);
    this.deadLetter?.add(batch.framing, index);
  }

  private async batch(batch: RecordBatch): Promise<boolean> {
    for (const run of runsOf(batch)) {
      const isGood = run.kind >= 0 ? await this.output.write(batch, run) : this.refuseRun(batch, run);
      if (!isGood) return false;
    }
    return true;
  }

  private refuseRun(batch: RecordBatch, { from, until }: { from: number; until: number }): boolean {
    for (let index = from; index < until; index++) {
      const refusal = refuseKind(this.file, batch, index);
      if (refusal.code === 'noRecord' && this.file.unmatched === 'skip') continue;
      this.refuse(refusal, batch, index);
      if (this.file.policies.onError === 'fail') return false;
    }
    return true;
  }

  private report(refusal: Refusal): void {
    process.exitCode = EXIT_SOME_BAD;
    const line = this.path === undefined ? refusal : { file: this.path, ...refusal };
    process.stderr.write(`${JSON.stringify(line)}\n`);
  }
}

export function decodeCommand(): Command {
  const command = new Command('decode')
    .summary('decode records described by a copybook to JSON lines')
    .description(
      'Decodes files of records by a COBOL copybook: one JSON object a line, or on a terminal a table a record.',
    )
    .argument('<data...>', 'files of records (* and ? match names), or - for standard input');
  return addRecordOptions(command)
    .option('--json', 'JSON lines on a terminal too')
    .addOption(
      new Option('--native <mode>', 'the native codec').choices(['require', 'prefer', 'off']).default('prefer'),
    )
    .addHelpText('after', EXAMPLES)
    .action(decodeFiles);
}
