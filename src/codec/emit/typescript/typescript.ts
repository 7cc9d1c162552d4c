import type { Layout } from '../../record/index.js';
import { Names, pascalCase, snakeCase } from '../names.js';
import { FieldTable } from './field-table.js';
import { tableDeclarations } from './read-expression.js';
import { RecordClass } from './record-class.js';
import { TextFunctions } from './text-functions.js';
import { recordType } from './types.js';

const GLOBALS = 'Array BigInt Number Object String Uint8Array RecordView RecordCodec ObjectProblem Symbol Error';
const IMPORTED = [
  'DECIMAL_PAIRS',
  'int64',
  'LAST',
  'objectProblems',
  'PAIR_CHARACTERS',
  'PAIRS',
  'quotient64',
  'RecordCodec',
  'RecordView',
  'rest64',
  'SPARE',
  'SPARE_CHARACTERS',
  'withoutZeros',
];

/**
 * TypeScript of records: for each its interfaces (`NameJson`, `NameObject`) and the class that reads and writes it, on the runtime of
 * the package. Views are read by what decodes; rules of `--select`, 66 and 88 levels are not in it.
 */
export function typescriptOf(layouts: readonly Layout[], about: readonly string[]): string {
  const names = new Names(GLOBALS.split(' '));
  const codecs = new Names();
  const texts = new TextFunctions();
  const records = layouts.map(layout => {
    const name = names.take(pascalCase(layout.name));
    const codec = `${codecs.take(snakeCase(layout.name)).toUpperCase()}_CODEC`;
    return { layout, codec, lines: recordLines(name, codec, new FieldTable(layout), texts) };
  });
  const [first] = records;
  const code = [...texts.lines, ...records.flatMap(({ lines }) => lines.code)].join('\n');
  const tables = tableDeclarations(first!.layout, first!.codec, code);
  const body = [...records.flatMap(({ lines }) => lines.codec), ...tables, code].join('\n');
  const used = IMPORTED.filter(name => new RegExp(`\\b${name}\\b`).test(body));
  return [
    ...about.map(line => `// ${line}`),
    '/* eslint-disable */',
    `import { ${used.join(', ')}, type ObjectProblem } from 'headrace';`,
    body,
    '',
  ].join('\n');
}

function recordLines(
  name: string,
  codec: string,
  table: FieldTable,
  texts: TextFunctions,
): { readonly codec: readonly string[]; readonly code: readonly string[] } {
  const written = new RecordClass(name, codec, table, texts);
  const code = [
    '',
    `/** What JSON.parse makes of a line that decode writes of ${table.layout.name}. */`,
    ...recordType(`${name}Json`, table, 'json'),
    '',
    '/** The same with decimals, and what has more than 15 digits, as text. */',
    ...recordType(`${name}Object`, table, 'object'),
    '',
    ...written.lines(),
  ];
  return { codec: ['', ...written.codecLines()], code };
}
