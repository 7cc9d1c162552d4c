/** Our generated TypeScript over the bench's records: its fields read where they lie, or all of them as an object. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { typescriptOf, type Layout, type RecordView } from '../src/codec/index.js';
import { tradeRecords, UNIT } from './copybook-records.js';
import type { Missing, Timed } from './harness.js';
import { orMissing } from './harness.js';
import { projectRoot, workFolder } from './install.js';

/** The accessors of the copybook that the lazy case reads: text, a date, and the digits of a decimal. */
interface TradeRecord extends RecordView {
  readonly tradeId: string;
  readonly tradeDate: number;
  readonly quantity: bigint;
}

/** The generated file as a user compiles it. */
async function tradeRecord(layout: Layout): Promise<TradeRecord> {
  const { default: ts } = await import('typescript');
  const built = pathToFileURL(join(projectRoot, 'dist', 'src', 'index.js')).href;
  const text = typescriptOf([layout], ['the bench']).replace("from 'headrace'", `from '${built}'`);
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 },
  });
  const file = join(workFolder('generated'), 'trade.mjs');
  writeFileSync(file, outputText);
  const { TradeRecord: Made } = (await import(pathToFileURL(file).href)) as { TradeRecord: new () => TradeRecord };
  return new Made();
}

async function overRecords(
  name: string,
  layout: Layout,
  read: (record: TradeRecord) => number,
): Promise<Timed | Missing> {
  return orMissing(name, async () => {
    const records = tradeRecords(layout);
    const record = await tradeRecord(layout);
    const size = layout.sizeBytes;
    function call(): number {
      let sum = 0;
      for (let at = 0; at < records.length; at += size) sum += read(record.$at(records, at));
      return sum;
    }
    return { name, unit: UNIT, operations: records.length / size, call };
  });
}

/** All 33 values as an object, decimals as exact text. */
export function generatedObjects(layout: Layout): Promise<Timed | Missing> {
  const read = (record: TradeRecord): number =>
    (record.$object() as Readonly<Record<string, string>>)['TRADE-ID']!.length;
  return overRecords('headrace, generated TypeScript, $object()', layout, read);
}

/** Three of the values; nothing is made of the others. */
export function generatedFields(layout: Layout): Promise<Timed | Missing> {
  const read = ({ tradeId, tradeDate, quantity }: TradeRecord): number =>
    tradeId.length + tradeDate + (quantity > 0n ? 1 : 0);
  return overRecords('headrace, generated TypeScript, 3 of 33 fields', layout, read);
}
