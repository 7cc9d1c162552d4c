import { z } from 'zod';

const name = (what: string): z.ZodString => z.string().min(1).describe(what);
const size = z.int().min(1).max(0x7fff_ffff);
const scalar = z
  .union([z.string(), z.number(), z.boolean()], { error: 'expected a text or a number' })
  .transform(String);
const range = z.strictObject({ from: scalar, to: scalar });
const oneOrMore = <Schema extends z.ZodType>(schema: Schema) =>
  z.union([schema.transform(value => [value]), z.array(schema).min(1)]);

const fieldValues = z.record(z.string(), oneOrMore(z.union([scalar, range])));

const select = z
  .strictObject({
    record: name('An 01 record, or an item that is redefined or redefines.'),
    when: oneOrMore(fieldValues).describe(
      'Fields and their values, lists or ranges; of a list of such mappings one must hold.',
    ),
  })
  .describe('Picks a record or a view of a REDEFINES by the values of fields.');

const placed = z
  .strictObject({ record: name('The 01 record.'), count: z.int().min(1).max(1024).default(1) })
  .describe('Records told by their place in the file.');

/** YAML reads a bare null as no value; here it is the name of a policy. */
const policy = <Values extends readonly [string, ...string[]]>(...values: Values) =>
  z.preprocess(value => (value === null ? 'null' : value), z.enum(values));

const onError = policy('fail', 'skip', 'null');
const trim = z.enum(['right', 'left', 'both', 'none']);

const blank = policy('refuse', 'null', 'zero');
const blanks = z
  .strictObject({ spaces: blank, lowValues: blank, highValues: blank })
  .partial()
  .describe('What a number is whose bytes are all spaces, low-values or high-values.');

const rdw = z
  .strictObject({
    size: z.int().min(2).max(8).describe('Bytes of the word before a record.'),
    lengthOffset: z.int().min(0).max(6).describe('Where in the word the length stands.'),
    lengthSize: z.union([z.literal(2), z.literal(4)]),
    littleEndian: z.boolean(),
    adjustment: z.int().min(-32).max(32).describe('Added to the length; 4 where the word does not count itself.'),
    anyRest: z.boolean().describe('The other bytes of the word may be other than zero.'),
  })
  .partial();

const bdw = z.strictObject({ adjustment: z.int().min(-32).max(32), littleEndian: z.boolean() }).partial();

/** The keys of `--options F.yaml`: what has no flag of its own. */
export const recordOptionsSchema = z
  .strictObject({
    rdw: rdw.describe('The record descriptor word.'),
    bdw: bdw.describe('The block descriptor word of vb and vbs.'),
    recordLength: size.describe('Bytes of each record of fixed and fb.'),
    blockSize: size.describe('The largest block of fb, vb and vbs.'),
    lengthField: z
      .strictObject({ field: name('The field that holds the length.'), adjustment: z.int().default(0) })
      .describe('A field of the record holds its length.'),
    header: placed,
    trailer: placed,
    select: z.array(select),
    unmatched: z.enum(['bad', 'skip']).describe('What becomes of a record that no rule of select picks.'),
    children: z
      .record(z.string(), z.string())
      .describe('Records that go into the record they follow: { DETAIL: HEADER }.'),
    signNibbles: z.enum(['all', 'strict']).describe('strict: only C, D and F sign a packed number.'),
    blanks,
    currency: z.string().length(1).describe('CURRENCY SIGN of edited pictures.'),
    nsymbol: z.enum(['national', 'dbcs']).describe('What PIC N is without USAGE.'),
    trim: trim.describe('Which spaces around text are left out.'),
    fields: z
      .record(z.string(), z.strictObject({ onError, trim, blanks }).partial())
      .describe('Policies of single fields, by name.'),
    deadLetter: name('The file bad records go to, as they are.'),
  })
  .partial();

export type RecordOptionKeys = z.output<typeof recordOptionsSchema>;
