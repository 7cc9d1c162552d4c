import { Command, Option } from 'commander';

import {
  BINARY_SIZES,
  chooseRecord,
  compileCopybook,
  createJsonWriter,
  SIGN_DIALECTS,
  type BinarySize,
  type Layout,
  type RecordFormat,
  type Refusal,
  type SignDialect,
  type SourceFormat,
  TRUNCS,
  type Trunc,
} from '../codec/index.js';
import { STATUS, statusName } from '../model/index.js';
import { loadAddon, type NativeMode } from '../native/index.js';
import { readInput } from './arguments.js';
import { eachBatch, type Batch, type Rest } from './decode/batches.js';
import { openInput } from './decode/input.js';
import { Progress } from './decode/progress.js';
import { printTables } from './decode/table.js';
import { EXIT_SOME_BAD } from './program.js';

const EXAMPLES = `
Examples:
  headrace decode --copybook positions.cpy --codepage cp037 positions.dat > positions.jsonl
  headrace decode --copybook trades.cpy --record TRADE --format rdw --json trades.dat | head -3

Exit codes: 0 all records decoded, 1 some were bad (each a JSON object on standard error), 78 the copybook or data cannot be used.`;

/** sysexits(3): standard output failed. */
const EXIT_IO = 74;
const OUTPUT_SIZE = 1 << 20;

interface DecodeOptions {
  readonly copybook: string;
  readonly codepage: string;
  readonly format: RecordFormat;
  readonly record?: string;
  readonly json?: boolean;
  readonly sourceFormat: SourceFormat;
  readonly binarySize: BinarySize;
  readonly nativeEndian: 'big' | 'little';
  readonly sign?: SignDialect;
  readonly trunc: Trunc;
  readonly native: NativeMode;
}

function readLayout(options: DecodeOptions): Layout {
  const layouts = compileCopybook(readInput(options.copybook, 'latin1'), {
    file: options.copybook,
    codePage: options.codepage,
    sourceFormat: options.sourceFormat,
    binarySize: options.binarySize,
    nativeEndian: options.nativeEndian,
    trunc: options.trunc,
    ...(options.sign === undefined ? {} : { sign: options.sign }),
  });
  return chooseRecord(layouts, options.record);
}

async function decodeFile(data: string, options: DecodeOptions): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : EXIT_IO));
  const layout = readLayout(options);
  const input = openInput(data);
  const asJson = options.json === true || !process.stdout.isTTY;
  const hasBar = asJson && process.stderr.isTTY && !process.stdout.isTTY;
  const progress = new Progress(input.sizeBytes, hasBar ? process.stderr : undefined);
  const exactLength = options.format !== 'fixed';
  const write = asJson ? jsonWriter(layout, options, exactLength) : tableWriter(layout, exactLength);
  const rest = await eachBatch(input, { layout, format: options.format }, async batch => {
    await write(batch);
    progress.show(batch.first.fileOffset + batch.framing.consumed, batch.first.record + batch.framing.count - 1);
  });
  progress.clear();
  input.close();
  if (rest !== undefined) reportRefusals([refuseRest(layout, options.format, rest)]);
}

function jsonWriter(layout: Layout, options: DecodeOptions, exactLength: boolean): (batch: Batch) => Promise<void> {
  const writer = createJsonWriter({ layout, exactLength, native: loadAddon(options.native) });
  const size = Math.max(OUTPUT_SIZE, writer.plan.textSizeMax);
  return async batch => {
    for (let from = 0; from < batch.framing.count;) {
      const out = Buffer.allocUnsafe(size);
      const written = writer.write(batch, from, out);
      from += written.records;
      reportRefusals(written.refusals);
      await print(out.subarray(0, written.length));
    }
  };
}

function tableWriter(layout: Layout, exactLength: boolean): (batch: Batch) => Promise<void> {
  return async batch => {
    const { text, refusals } = printTables(layout, batch, exactLength);
    reportRefusals(refusals);
    await print(text);
  };
}

function reportRefusals(refusals: readonly Refusal[]): void {
  if (refusals.length === 0) return;
  process.exitCode = EXIT_SOME_BAD;
  process.stderr.write(refusals.map(refusal => `${JSON.stringify(refusal)}\n`).join(''));
}

/** Waits when the reader of standard output is slower; a reader that went away ends the program quietly. */
async function print(chunk: Uint8Array | string): Promise<void> {
  if (chunk.length === 0 || process.stdout.write(chunk)) return;
  await new Promise(resolve => process.stdout.once('drain', resolve));
}

function refuseRest(layout: Layout, format: RecordFormat, rest: Rest): Refusal {
  const bad = rest.status === STATUS.badRecordLength.code;
  const code = statusName(bad ? rest.status : STATUS.shortRecord.code);
  const what = bad
    ? 'the record descriptor word is not valid, what follows cannot be read'
    : `the file ends inside the record${format === 'fixed' ? `, ${rest.bytes.length} of ${layout.sizeBytes} bytes are there` : ''}`;
  return {
    record: rest.record,
    offset: rest.offset,
    field: bad ? 'RDW' : layout.name,
    picture: '',
    code,
    message: `record ${rest.record} at offset ${rest.offset}: ${what}`,
    hex: Buffer.from(rest.bytes.subarray(0, bad ? 4 : 16)).toString('hex'),
  };
}

export function decodeCommand(): Command {
  return new Command('decode')
    .summary('decode records described by a copybook to JSON lines')
    .description(
      'Decodes a file of records by a COBOL copybook: one JSON object a line, or on a terminal a table a record.',
    )
    .argument('<data>', 'the file of records, or - for standard input')
    .requiredOption('--copybook <file>', 'COBOL copybook')
    .option('--codepage <name>', 'code page of the data: cp037, cp500, cp1047, cp1140 or ascii', 'cp037')
    .addOption(
      new Option('--format <format>', 'how records follow each other').choices(['fixed', 'rdw']).default('fixed'),
    )
    .option('--record <name>', 'the record (level 01) to decode by, where the copybook has several')
    .option('--json', 'JSON lines on a terminal too')
    .addOption(
      new Option('--source-format <format>', 'of the copybook').choices(['auto', 'fixed', 'free']).default('auto'),
    )
    .addOption(new Option('--binary-size <rule>', 'bytes of BINARY items').choices(BINARY_SIZES).default('2-4-8'))
    .addOption(new Option('--native-endian <order>', 'of COMP-5').choices(['big', 'little']).default('little'))
    .addOption(
      new Option('--sign <dialect>', 'overpunch of DISPLAY numbers; by code page when left out').choices(SIGN_DIALECTS),
    )
    .addOption(
      new Option('--trunc <rule>', 'bin: COMP holds what its bytes hold; opt: read so').choices(TRUNCS).default('std'),
    )
    .addOption(
      new Option('--native <mode>', 'the native codec').choices(['require', 'prefer', 'off']).default('prefer'),
    )
    .addHelpText('after', EXAMPLES)
    .action(decodeFile);
}
