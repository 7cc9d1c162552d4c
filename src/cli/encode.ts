import { Command, Option } from 'commander';

import { openRecordFile, RecordFileEncoder, type EncodedLines, type MissingPolicy } from '../codec/index.js';
import { loadAddon, type NativeMode } from '../native/index.js';
import { nativeOption } from './arguments.js';
import { CopiedOptions } from './decode/copies.js';
import { inputFiles } from './decode/input-files.js';
import { openInput, type Input } from './decode/input.js';
import { Progress } from './decode/progress.js';
import { openByteOutput, type ByteOutput } from './encode/byte-output.js';
import { eachLines } from './encode/lines.js';
import { checkOutputs } from './outputs.js';
import { EXIT_SOME_BAD } from './program.js';
import { addRecordOptions, readFiles, readRecordOptions, type RecordFlags } from './record-options.js';

const EXAMPLES = `
Examples:
  headrace encode --copybook positions.cpy --codepage cp037 positions.jsonl --out positions.dat
  headrace encode --copybook trades.cpy --format vb trades.jsonl --out same.dat   # of decode --keep raw: every byte again

Exit codes: 0 all lines encoded, 1 some were bad (each a JSON object on standard error), 66 a file is not there, 78 the copybook cannot be used.`;

const NEWLINE = Buffer.from('\n');

interface EncodeFlags extends RecordFlags {
  readonly out?: string;
  readonly absent: MissingPolicy;
  readonly nulls: MissingPolicy;
  readonly native: NativeMode;
}

async function encodeFiles(paths: readonly string[], flags: EncodeFlags): Promise<void> {
  const options = await readRecordOptions(flags);
  const copied = new CopiedOptions(options.file);
  const file = openRecordFile(copied.options);
  const { absent, nulls, native } = flags;
  const encoder = new RecordFileEncoder(file, { absent, nulls, native: loadAddon(native) });
  const inputs = inputFiles(paths).map(path => ({ path, input: openInput(path) }));
  const read = [...inputs.map(({ path }) => path), ...readFiles(flags), ...copied.files];
  checkOutputs(read, [flags.out, options.deadLetter]);
  const isText = file.framing.format === 'text' && !file.layouts[0]!.codePage.ebcdic;
  const output = openByteOutput(flags.out, isText);
  const deadLetter = options.deadLetter === undefined ? undefined : openByteOutput(options.deadLetter, true);
  const run = new EncodeRun(
    encoder,
    output,
    deadLetter,
    inputs.map(({ input }) => input),
  );
  for (const { path, input } of inputs) if (!(await run.encode(input, inputs.length > 1 ? path : undefined))) break;
  await run.finish();
  for (const { input } of inputs) input.close();
}

/** One run over all the inputs: their records to one file, bad lines to standard error and the dead-letter file. */
class EncodeRun {
  private readonly progress: Progress;
  private doneBytes = 0;
  private isStopped = false;
  private path: string | undefined;

  constructor(
    private readonly encoder: RecordFileEncoder,
    private readonly output: ByteOutput,
    private readonly deadLetter: ByteOutput | undefined,
    inputs: readonly Input[],
  ) {
    const isSizeKnown = inputs.every(({ sizeBytes }) => sizeBytes > 0);
    const sizeBytes = isSizeKnown ? inputs.reduce((sum, input) => sum + input.sizeBytes, 0) : 0;
    this.progress = new Progress(sizeBytes, process.stderr.isTTY ? process.stderr : undefined);
  }

  /** Encodes one input; false when a bad line ends the run. `path` is named in refusals. */
  async encode(input: Input, path: string | undefined): Promise<boolean> {
    this.path = path;
    await eachLines(input, async (batch, read) => {
      await this.take(this.encoder.encode(batch));
      this.progress.show(this.doneBytes + read, this.encoder.records);
      return !this.isStopped;
    });
    this.doneBytes += input.sizeBytes;
    return !this.isStopped;
  }

  async finish(): Promise<void> {
    await this.take(this.isStopped ? this.encoder.flush() : this.encoder.finish());
    this.progress.clear();
    this.output.close();
    this.deadLetter?.close();
  }

  private async take({ pieces, refused, isStopped }: EncodedLines): Promise<void> {
    await this.output.write(pieces);
    for (const { refusal, line } of refused) {
      process.exitCode = EXIT_SOME_BAD;
      const named = this.path === undefined ? refusal : { file: this.path, ...refusal };
      process.stderr.write(`${JSON.stringify(named)}\n`);
      await this.deadLetter?.write([line, NEWLINE]);
    }
    this.isStopped ||= isStopped;
  }
}

export function encodeCommand(): Command {
  const command = new Command('encode')
    .description(
      'Encodes JSON lines, as decode writes them, to records by a COBOL copybook: with the same flags the same bytes. A bad line is left out, with --on-error fail it ends the run.',
    )
    .argument('<jsonl...>', 'files of JSON lines (* and ? match names), or - for standard input');
  const missing = (flag: string, text: string): Option => new Option(flag, text).choices(['default', 'refuse']);
  return addRecordOptions(command)
    .option('--out <file>', 'where the records go; standard output when left out')
    .addOption(
      missing('--absent <policy>', 'an item that is not there has its VALUE, else zero or spaces').default('default'),
    )
    .addOption(
      missing('--nulls <policy>', 'the same of an item that is null, no view of a REDEFINES').default('refuse'),
    )
    .addOption(nativeOption())
    .addHelpText('after', EXAMPLES)
    .action(encodeFiles);
}
