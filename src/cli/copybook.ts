import { Command } from 'commander';

import { compileRecords, type Layout } from '../codec/index.js';
import { layoutRows } from './copybook/layout-rows.js';
import { layoutTable } from './copybook/layout-table.js';
import { addRecordOptions, readRecordOptions, type RecordFlags } from './record-options.js';

const EXAMPLES = `
Examples:
  headrace copybook positions.cpy
  headrace copybook trades.cpy --record TRADE --binary-size 1-2-4-8 --json

Exit codes: 0, 78 the copybook cannot be used.`;

interface CopybookFlags extends RecordFlags {
  readonly json?: boolean;
}

/** Flags of decode that say how records lie in a file or what becomes of them there: a layout has none of it. */
const OF_DATA: ReadonlySet<string | undefined> = new Set(['--copybook', '--format', '--select', '--dead-letter']);

function showLayouts(copybook: string, flags: CopybookFlags): void {
  const layouts = layoutsOf({ ...flags, copybook });
  process.stdout.write(flags.json === true ? layoutsJson(copybook, layouts) : layouts.map(layoutTable).join('\n'));
}

/** The record that is asked for, or all that the copybook has. */
function layoutsOf(flags: CopybookFlags): readonly Layout[] {
  return compileRecords(readRecordOptions(flags).file);
}

function layoutsJson(file: string, layouts: readonly Layout[]): string {
  const records = layouts.map(layout => ({
    name: layout.name,
    length: layout.sizeBytes,
    codePage: layout.codePage.name,
    items: layoutRows(layout),
  }));
  return `${JSON.stringify({ file, records }, null, 2)}\n`;
}

export function copybookCommand(): Command {
  const command = new Command('copybook')
    .summary('what a copybook says: its layout')
    .description(
      'Prints the layout of a copybook: level, name, PICTURE, usage, offset and length of each item. Offsets count from 0.',
    )
    .argument('<file>', 'COBOL copybook');
  for (const option of addRecordOptions(new Command()).options)
    if (!OF_DATA.has(option.long)) command.addOption(option);
  return command.option('--json', 'the layout as JSON').addHelpText('after', EXAMPLES).action(showLayouts);
}
