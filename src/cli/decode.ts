import { Command } from 'commander';

import { mayFail, openRecordFile, type EncodeRefusal, type Refusal } from '../codec/index.js';
import type { NativeMode } from '../native/index.js';
import { nativeOption, workerCount } from './arguments.js';
import { CopiedOptions } from './decode/copies.js';
import { DeadLetter } from './decode/dead-letter.js';
import type { Decoded } from './decode/decoded.js';
import { openInput } from './decode/input.js';
import { inputFiles } from './decode/input-files.js';
import { openReader } from './decode/open-reader.js';
import { Progress } from './decode/progress.js';
import type { NumberedInput } from './decode/record-reader.js';
import { checkOutputs } from './outputs.js';
import { EXIT_SOME_BAD } from './program.js';
import { addRecordOptions, readFiles, readRecordOptions, type RecordFlags } from './record-options.js';

const EXAMPLES = `
Examples:
  headrace decode --copybook positions.cpy --codepage cp037 positions.dat > positions.jsonl
  headrace decode --copybook trades.cpy --format vb --select REC-TYPE=H:HEADER --select REC-TYPE=T:TRADE trades.dat

Exit codes: 0 all records decoded, 1 some were bad (each a JSON object on standard error), 66 a file is not there, 78 the copybook cannot be used.`;

interface DecodeFlags extends RecordFlags {
  readonly json?: boolean;
  readonly native: NativeMode;
  readonly workers?: number;
  readonly unordered?: boolean;
}

async function decodeFiles(paths: readonly string[], flags: DecodeFlags): Promise<void> {
  const { file: options, deadLetter: deadLetterPath } = await readRecordOptions(flags);
  const copied = new CopiedOptions(options);
  const file = openRecordFile(copied.options);
  const inputs = inputFiles(paths).map((path, number) => ({ path, number, input: openInput(path) }));
  checkOutputs([...inputs.map(({ path }) => path), ...readFiles(flags), ...copied.files], [deadLetterPath]);
  const deadLetter = deadLetterPath === undefined ? undefined : new DeadLetter(deadLetterPath);
  const run = new DecodeRun(inputs, flags, deadLetter);
  const { native, workers, unordered = false } = flags;
  const { keepsBad, isJson, sizeBytes } = run;
  // The first bad record ends the run only where records come in order.
  const isOrdered = !unordered || mayFail(file.policies);
  const setting = { native, workers, isOrdered, keepsBad, isJson, sizeBytes };
  const reader = openReader(file, copied, setting, decoded => run.take(decoded));
  try {
    for (const input of inputs) if (!(await reader.read(input))) break;
    await reader.finish();
  } finally {
    await reader.close();
    run.finish();
  }
  for (const { input } of inputs) input.close();
  deadLetter?.close();
}

/** One run over all the files: their records to standard output, what is bad to standard error and the dead-letter file. */
class DecodeRun {
  /** JSON lines, not tables. */
  readonly isJson: boolean;
  /** Bytes of all inputs, 0 where those of one are not known. */
  readonly sizeBytes: number;
  private readonly progress: Progress;
  private bytes = 0;
  private records = 0;

  constructor(
    private readonly inputs: readonly NumberedInput[],
    flags: DecodeFlags,
    private readonly deadLetter: DeadLetter | undefined,
  ) {
    this.isJson = flags.json === true || !process.stdout.isTTY;
    const hasBar = this.isJson && process.stderr.isTTY && !process.stdout.isTTY;
    const isSizeKnown = inputs.every(({ input }) => input.sizeBytes > 0);
    this.sizeBytes = isSizeKnown ? inputs.reduce((sum, { input }) => sum + input.sizeBytes, 0) : 0;
    this.progress = new Progress(this.sizeBytes, hasBar ? process.stderr : undefined);
  }

  get keepsBad(): boolean {
    return this.deadLetter !== undefined;
  }

  /** Takes what was decoded, when the reader of standard output is ready for it; false when a bad record ends the run. */
  async take(decoded: Decoded): Promise<boolean> {
    for (const text of decoded.text) await print(text);
    for (const refusal of decoded.refusals) this.report(refusal, decoded.input);
    this.deadLetter?.add(decoded.deadLetters);
    this.bytes += decoded.bytes;
    this.records += decoded.records;
    this.progress.show(this.bytes, this.records);
    return !decoded.isStopped;
  }

  finish(): void {
    this.progress.clear();
  }

  /** The file is named where there are several. */
  private report(refusal: Refusal | EncodeRefusal, input: number): void {
    process.exitCode = EXIT_SOME_BAD;
    const line = this.inputs.length > 1 ? { file: this.inputs[input]!.path, ...refusal } : refusal;
    process.stderr.write(`${JSON.stringify(line)}\n`);
  }
}

/** Resolves when the bytes were handed on, and their buffer may be written into again. */
function print(text: Uint8Array): Promise<void> {
  return new Promise(resolve => process.stdout.write(text, () => resolve()));
}

export function decodeCommand(): Command {
  const command = new Command('decode')
    .description(
      'Decodes files of records by a COBOL copybook: one JSON object a line, or on a terminal a table a record.',
    )
    .argument('<data...>', 'files of records (* and ? match names), or - for standard input');
  return addRecordOptions(command)
    .option('--json', 'JSON lines on a terminal too')
    .addOption(nativeOption())
    .option('--workers <n>', 'threads that decode; all cores for large files when left out', workerCount)
    .option('--unordered', 'records in the order they are done, with several workers')
    .addHelpText('after', EXAMPLES)
    .action(decodeFiles);
}
