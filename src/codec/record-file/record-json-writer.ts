import type { Addon } from '../../native/index.js';
import { createJsonWriter, type JsonWriter } from '../record/index.js';
import { isExact } from './create-framer.js';
import { errorPolicy, mayFail } from './error-policy.js';
import type { RecordFile } from './record-file.js';

/** A writer of the JSON of one kind of a file's records, by the file's policies. Throws ConfigError for a record that has no JSON. */
export function recordJsonWriter(file: RecordFile, kind: number, native: Addon | undefined): JsonWriter {
  const { layouts, choices, policies } = file;
  const policy = errorPolicy(policies);
  return createJsonWriter({
    layout: layouts[kind]!,
    exactLength: isExact(file),
    stopsAtRefusal: mayFail(policies),
    choices: choices[kind]!,
    conditions: policies.conditions === true,
    renames: policies.renames === true,
    isNullable: ({ name }) => policy(name) === 'null',
    native,
  });
}
