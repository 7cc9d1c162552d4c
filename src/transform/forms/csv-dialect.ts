import { ConfigError } from '../../model/index.js';
import type { FormSchema } from '../form.js';

/** How lines of CSV are written and read. */
export interface CsvDialect {
  readonly delimiter: string;
  readonly quote: string;
  readonly escape: string;
  readonly newline: string; // of what is written; any is read
  /** Whether the first line has the names. */
  readonly header: boolean;
  /** Lines that begin with it are none; '' where there are no such lines. */
  readonly comment: string;
  /** Whether what a spreadsheet would take for a formula is written with a quote before it. */
  readonly escapeFormulas: boolean;
  /** Every value in quotes, as QUOTE ALL has it. */
  readonly quoted: boolean;
}

/** RFC 4180, and those that programs are known by. */
const DIALECTS = {
  rfc4180: { delimiter: ',', newline: '\r\n' },
  excel: { delimiter: ',', newline: '\r\n' },
  semicolon: { delimiter: ';', newline: '\r\n' },
  tsv: { delimiter: '\t', newline: '\n' },
  pipe: { delimiter: '|', newline: '\n' },
  unix: { delimiter: ',', newline: '\n', quoted: true },
} as const satisfies Readonly<Record<string, Partial<CsvDialect>>>;

const PLAIN: CsvDialect = {
  delimiter: ',',
  quote: '"',
  escape: '"',
  newline: '\r\n',
  header: true,
  comment: '',
  escapeFormulas: false,
  quoted: false,
};

/** What a schema may say of its CSV. */
export const CSV_WORDS = [
  ...['dialect', 'delimiter', 'quote', 'escape', 'newline', 'comment', 'quoted', 'header', 'headers', 'columns'],
  ...['escapeFormulas', 'escape_formulas'],
];

/** The dialect of a schema's words: `dialect` by name, and any of its parts. Throws ConfigError `HR_SCHEMA`. */
export function csvDialect(schema: FormSchema | undefined): CsvDialect {
  const options = schema?.options ?? {};
  const { dialect = 'rfc4180' } = options;
  if (typeof dialect === 'object' && dialect !== null) return withParts(PLAIN, dialect as Record<string, unknown>);
  if (typeof dialect !== 'string' || !Object.hasOwn(DIALECTS, dialect))
    throw new ConfigError(
      'HR_SCHEMA',
      `csv: the dialect ${JSON.stringify(dialect)} is not one of ${Object.keys(DIALECTS).join(', ')}`,
    );
  return withParts({ ...PLAIN, ...DIALECTS[dialect as keyof typeof DIALECTS] }, options);
}

function withParts(dialect: CsvDialect, words: Readonly<Record<string, unknown>>): CsvDialect {
  const { delimiter, quote, escape = quote, newline, comment, quoted } = words;
  const header = words['header'] ?? words['headers'];
  const escapeFormulas = words['escapeFormulas'] ?? words['escape_formulas'];
  const parts = { delimiter, quote, escape, newline, comment, quoted, escapeFormulas };
  const given = Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
  const made = { ...dialect, ...given, header: header === undefined ? dialect.header : header !== false } as CsvDialect;
  for (const name of ['delimiter', 'quote', 'escape', 'newline'] as const)
    if (typeof made[name] !== 'string' || made[name] === '')
      throw new ConfigError(
        'HR_SCHEMA',
        `csv: ${name} is text of at least one character, not ${JSON.stringify(made[name])}`,
      );
  return made;
}

/** The names that `headers: [...]` gives in place of a first line. */
export function givenHeaders(schema: FormSchema | undefined): readonly string[] | undefined {
  const headers = schema?.options['headers'] ?? schema?.options['columns'];
  return Array.isArray(headers) ? headers.map(String) : undefined;
}
