import { chooseRecord, compileCopybook, type CopybookOptions } from '../copybook/index.js';
import type { Layout } from '../record/index.js';
import { framingRules, type FramingOptions, type FramingRules } from './framing-rules.js';
import type { SelectionOptions } from './selection.js';

/** What happens to a bad record: the run ends at it, it is left out, or its bad fields are null. */
export type OnError = 'fail' | 'skip' | 'null';

/** Which spaces around text are left out. */
export type Trim = 'right' | 'left' | 'both' | 'none';

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

/** A described file: the layouts of its records in the order of the copybook, and how they are found, picked and written. */
export interface RecordFile {
  readonly layouts: readonly Layout[];
  readonly framing: FramingRules;
  readonly selection: SelectionOptions;
  readonly policies: RecordPolicies;
}

/** Compiles a description. Throws CopybookError or ConfigError, naming what cannot be used. */
export function openRecordFile(options: RecordFileOptions): RecordFile {
  const { text, ...copybook } = options.copybook;
  const selection = options.selection ?? {};
  const layouts = compileCopybook(text, copybook);
  return {
    layouts: selection.select === undefined ? [chooseRecord(layouts, selection.record)] : layouts,
    framing: framingRules(options.framing ?? {}),
    selection,
    policies: options.policies ?? {},
  };
}
