import { closeSync, openSync, readSync } from 'node:fs';
import { Command } from 'commander';

import type { NativeMode } from '../native/index.js';
import { atLeastZero, nativeOption, workerCount } from './arguments.js';
import { explain, type Explained, type Misfit } from './copybook/explained.js';
import { likelyOptions, type LikelyOptions } from './copybook/likely-options.js';
import { openInput } from './decode/input.js';
import { inputFiles } from './decode/input-files.js';
import { Progress } from './decode/progress.js';
import type { NumberedInput } from './decode/record-reader.js';
import { EXIT_SOME_BAD } from './program.js';
import { addRecordOptions, readRecordOptions, type RecordFlags } from './record-options.js';

const EXAMPLES = `
Examples:
  headrace copybook check positions.cpy --data positions.dat
  headrace copybook check trades.cpy --format vb --data 'in/*.dat' --show 20 --json

Exit codes: 0 every record fits, 1 some do not, 66 a file is not there, 78 the copybook cannot be used.`;

/** Other flags are tried on so much of the first file. */
const SAMPLE_SIZE = 256 << 10;

interface CheckFlags extends Omit<RecordFlags, 'copybook'> {
  readonly copybook?: string;
  readonly data: readonly string[];
  readonly show: number;
  readonly json?: boolean;
  readonly native: NativeMode;
  readonly workers?: number;
}

async function checkCopybook(named: string | undefined, given: CheckFlags, command: Command): Promise<void> {
  const copybook = named ?? given.copybook;
  if (copybook === undefined)
    command.error('error: no copybook is named; write headrace copybook check F.cpy --data F.dat');
  const flags = { ...given, copybook };
  const { file: options } = await readRecordOptions(flags);
  const inputs = inputFiles(flags.data).map((path, number) => ({ path, number, input: openInput(path) }));
  const found = await explainAll(inputs, progress => explain(options, inputs, { ...progress, ...settingOf(flags) }));
  if (found.explained === found.bytes) return tell(flags, inputs, found, undefined);
  process.exitCode = EXIT_SOME_BAD;
  const sample = sampleOf(inputs[0]!);
  const likely = sample.length === 0 ? undefined : await likelyOptions(options, sample, flags.native);
  tell(flags, inputs, found, likely);
}

const settingOf = ({ native, workers, show }: CheckFlags) => ({ native, workers, shown: show });

type OnProgress = { readonly onProgress: (bytes: number, records: number) => void };

async function explainAll(
  inputs: readonly NumberedInput[],
  run: (progress: OnProgress) => Promise<Explained>,
): Promise<Explained> {
  const total = inputs.reduce((sum, { input }) => sum + input.sizeBytes, 0);
  const progress = new Progress(total, process.stderr.isTTY ? process.stderr : undefined);
  try {
    return await run({ onProgress: (bytes, records) => progress.show(bytes, records) });
  } finally {
    progress.clear();
    for (const { input } of inputs) input.close();
  }
}

/** The beginning of a file; nothing of a pipe, which is read already. */
function sampleOf({ path }: NumberedInput): Uint8Array {
  if (path === '-') return new Uint8Array(0);
  const bytes = new Uint8Array(SAMPLE_SIZE);
  const descriptor = openSync(path, 'r');
  try {
    return bytes.subarray(0, readSync(descriptor, bytes));
  } finally {
    closeSync(descriptor);
  }
}

/** Cut, not rounded: what is not explained whole is never 100 %. */
const percent = (share: number): string => `${Math.floor(share * 100_000) / 1000} %`;

function tell(
  flags: CheckFlags & { readonly copybook: string },
  inputs: readonly NumberedInput[],
  found: Explained,
  likely: LikelyOptions | undefined,
): void {
  const { bytes, explained, records, bad, counts } = found;
  const share = bytes === 0 ? 1 : explained / bytes;
  const misfits = found.misfits.map(misfit => ({ ...misfit, input: inputs[misfit.input]!.path }));
  if (flags.json === true) {
    const byField = [...counts].map(([key, count]) => ({ code: key.split(' ')[0], field: key.split(' ')[1], count }));
    const said = { copybook: flags.copybook, bytes, explained, share, records, bad, counts: byField, misfits };
    process.stdout.write(`${JSON.stringify(likely === undefined ? said : { ...said, likely }, null, 2)}\n`);
    return;
  }
  const lines = [
    `${flags.copybook} explains ${percent(share)} of ${bytes} bytes: ${records} records, ${bad === 0 ? 'all fit' : `${bad} do not fit`}.`,
    ...[...counts].sort(([, a], [, b]) => b - a).map(([key, count]) => `  ${count} × ${key}`),
    ...found.misfits.map(misfit => misfitText(inputs, misfit)),
  ];
  if (likely !== undefined)
    lines.push(
      `With ${likely.flags} it explains ${percent(likely.share)} of the first ${Math.min(bytes, SAMPLE_SIZE)} bytes.`,
    );
  process.stdout.write(`${lines.join('\n')}\n`);
}

function misfitText(inputs: readonly NumberedInput[], misfit: Misfit): string {
  const file = inputs.length > 1 ? `${inputs[misfit.input]!.path}: ` : '';
  const picture = misfit.picture === '' ? '' : ` (PIC ${misfit.picture})`;
  return `${file}${misfit.message}${picture}${'hex' in misfit ? `: ${misfit.hex}` : ''}`;
}

/** Flags that say what becomes of decoded values, not what records are. */
const OF_VALUES: ReadonlySet<string | undefined> = new Set([
  ...['--copybook', '--on-error', '--renames', '--conditions', '--keep', '--dead-letter'],
]);

export function copybookCheckCommand(): Command {
  const command = new Command('check')
    .summary('how much of some data a copybook explains')
    .description(
      'Says how much of files of records a copybook explains, which records do not fit, and what may be wrong.',
    )
    .argument('[file]', 'COBOL copybook')
    .option('--copybook <file>', 'the copybook, as the other commands name it')
    .requiredOption('--data <file...>', 'files of records (* and ? match names), or - for standard input');
  for (const option of addRecordOptions(new Command()).options)
    if (!OF_VALUES.has(option.long)) command.addOption(option);
  return command
    .option('--show <n>', 'how many records that do not fit are shown', atLeastZero, 3)
    .option('--json', 'one JSON object instead of text')
    .addOption(nativeOption())
    .option('--workers <n>', 'threads that decode; all cores for large files when left out', workerCount)
    .addHelpText('after', EXAMPLES)
    .action(checkCopybook);
}
