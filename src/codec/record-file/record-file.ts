import { ConfigError } from '../../model/index.js';
import { chooseRecord, compileCopybook, type CopybookOptions } from '../copybook/index.js';
import { RECORD_KIND, suggestion, type Layout, type Trim, type ViewChoice } from '../record/index.js';
import { hasOwnLengths } from './create-framer.js';
import { fieldNames, itemsNamed } from './field-values.js';
import { framingRules, type FramingOptions, type FramingRules } from './framing-rules.js';
import { RecordSelector } from './record-selector.js';
import { viewChoices } from './view-choices.js';
import type { PlacedRecords, SelectionOptions, SelectRule } from './selection.js';

/** What happens to a bad record: the run ends at it, it is left out, or its bad fields are null. */
export type OnError = 'fail' | 'skip' | 'null';

/** What is said of one field, by its name, in place of what is said of the file. */
export interface FieldPolicy {
  readonly onError?: OnError;
  readonly trim?: Trim;
}

/** How a decoded record looks, and what becomes of a bad one. */
export interface RecordPolicies {
  readonly onError?: OnError; // skip when left out
  readonly conditions?: boolean; // 88 levels that hold, under $conditions
  readonly renames?: boolean; // 66 levels as members of the record
  readonly keepRaw?: boolean; // $raw where encode would write other bytes
  readonly trim?: Trim; // right when left out
  readonly fields?: Readonly<Record<string, FieldPolicy>>;
  readonly children?: Readonly<Record<string, string>>; // records that go into the record they follow: { DETAIL: HEADER }
}

/** All that decode, encode, convert and check know of a file of records, but the bytes. */
export interface RecordFileOptions {
  readonly copybook: CopybookOptions & { readonly text: string };
  readonly framing?: FramingOptions;
  readonly selection?: SelectionOptions;
  readonly policies?: RecordPolicies;
}

/** A described file: how its records are found, picked and written. */
export interface RecordFile {
  /** The layouts in use; a record's kind is an index into them. */
  readonly layouts: readonly Layout[];
  readonly framing: FramingRules;
  /** Picks the kind of a record by its fields. */
  readonly selector: RecordSelector;
  /** Kinds of the records a file begins and ends with. */
  readonly header: PlacedKind | undefined;
  readonly trailer: PlacedKind | undefined;
  readonly unmatched: 'bad' | 'skip';
  /** For each kind how views of its redefinitions are picked. */
  readonly choices: readonly (readonly ViewChoice[])[];
  readonly policies: RecordPolicies;
}

function trims({ trim, fields }: RecordPolicies): Pick<CopybookOptions, 'trim' | 'fieldTrim'> {
  const own = Object.entries(fields ?? {}).flatMap(([name, field]) =>
    field.trim === undefined ? [] : [[name, field.trim] as const],
  );
  return {
    ...(trim === undefined ? {} : { trim }),
    ...(own.length === 0 ? {} : { fieldTrim: Object.fromEntries(own) }),
  };
}

/** Records told by their place: as many, of this kind. */
export interface PlacedKind {
  readonly kind: number;
  readonly count: number;
}

/** The records of a copybook with the policies of its file: the one that is named, else all. Throws as openRecordFile does. */
export function compileRecords({ copybook, policies = {}, selection = {} }: RecordFileOptions): readonly Layout[] {
  const { text, ...options } = copybook;
  const all = compileCopybook(text, { ...options, ...trims(policies) });
  return selection.record === undefined ? all : [chooseRecord(all, selection.record)];
}

/** Compiles a description. Throws CopybookError or ConfigError, naming what cannot be used. */
export function openRecordFile(options: RecordFileOptions): RecordFile {
  const layouts = compileRecords({ copybook: options.copybook, policies: options.policies ?? {} });
  return recordFileOf(layouts, options);
}

/** The same of layouts that are there already; how they trim is theirs. */
export function recordFileOf(all: readonly Layout[], options: Omit<RecordFileOptions, 'copybook'>): RecordFile {
  const policies = options.policies ?? {};
  const framing = framingRules(options.framing ?? {});
  const { select = [], record, header, trailer, unmatched = 'bad' } = options.selection ?? {};
  const recordRules = select.filter(rule => namedLayout(all, rule.record) !== undefined);
  const viewRules = select.filter(rule => !recordRules.includes(rule));
  checkViews(all, viewRules);
  const placed = [header, trailer].flatMap(place => (place === undefined ? [] : [chooseRecord(all, place.record)]));
  const picked = recordRules.map(rule => namedLayout(all, rule.record)!);
  const rest = recordRules.length === 0 ? [soleRecord(all, placed, record)] : [];
  const otherwise = recordRules.length > 0 && record !== undefined ? [chooseRecord(all, record)] : rest;
  const layouts = [...new Set([...otherwise, ...picked, ...placed])];
  const kindOf = (place: PlacedRecords | undefined): PlacedKind | undefined =>
    place && { kind: layouts.indexOf(chooseRecord(all, place.record)), count: place.count };
  const file: RecordFile = {
    layouts,
    framing,
    selector: new RecordSelector(layouts, recordRules, otherwise.length > 0 ? 0 : RECORD_KIND.unmatched),
    header: kindOf(header),
    trailer: kindOf(trailer),
    unmatched,
    choices: choicesOf(layouts, viewRules),
    policies,
  };
  checkPlaces(file);
  checkChildren(file);
  checkFields(file);
  return file;
}

function namedLayout(layouts: readonly Layout[], name: string): Layout | undefined {
  return layouts.find(layout => layout.name.toUpperCase() === name.toUpperCase());
}

/** The record of a file without rules: named, or the one that is neither header nor trailer. */
function soleRecord(all: readonly Layout[], placed: readonly Layout[], record: string | undefined): Layout {
  if (record !== undefined) return chooseRecord(all, record);
  const others = all.filter(layout => !placed.includes(layout));
  return chooseRecord(others.length === 0 ? all : others, undefined);
}

/** The rules that name no record name a view, in one of the layouts or in several. */
function choicesOf(layouts: readonly Layout[], rules: readonly SelectRule[]): readonly (readonly ViewChoice[])[] {
  checkViews(layouts, rules);
  return layouts.map(layout =>
    viewChoices(
      layout,
      rules.filter(({ record }) => itemsNamed(layout.root, record).length > 0),
    ),
  );
}

function checkViews(layouts: readonly Layout[], rules: readonly SelectRule[]): void {
  const names = layouts.map(({ name }) => name);
  for (const { record } of rules)
    if (layouts.every(layout => itemsNamed(layout.root, record).length === 0))
      throw new ConfigError(
        'HR_RECORD',
        `--select names ${record}, which is neither a record nor an item of ${names.join(', ')}` +
          suggestion([...names, ...layouts.flatMap(fieldNames)], record),
      );
}

function checkPlaces(file: RecordFile): void {
  if ((file.header ?? file.trailer) !== undefined && hasOwnLengths(file))
    throw new ConfigError(
      'HR_FRAMING',
      'records that tell their lengths themselves have no header or trailer by place',
    );
}

function checkFields({ layouts, policies }: RecordFile): void {
  for (const name of Object.keys(policies.fields ?? {}))
    if (layouts.every(layout => itemsNamed(layout.root, name).length === 0))
      throw new ConfigError(
        'HR_FIELD',
        `fields names ${name}, which is no item of ${layouts.map(({ name }) => name).join(', ')}${suggestion(layouts.flatMap(fieldNames), name)}`,
      );
}

function checkChildren({ layouts, policies }: RecordFile): void {
  const names = layouts.map(layout => layout.name);
  for (const [child, parent] of Object.entries(policies.children ?? {}))
    for (const name of [child, parent])
      if (namedLayout(layouts, name) === undefined)
        throw new ConfigError(
          'HR_RECORD',
          `children names ${name}; the records of the file are ${names.join(', ')}${suggestion(names, name)}`,
        );
}
