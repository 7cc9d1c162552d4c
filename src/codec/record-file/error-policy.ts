import type { OnError, RecordPolicies } from './record-file.js';

/** What happens where a field does not decode, by its name; with no field of that name what the file says. */
export type ErrorPolicy = (field: string) => OnError;

/** The policies of a file by field. */
export function errorPolicy({ onError = 'skip', fields = {} }: RecordPolicies): ErrorPolicy {
  const own = new Map(Object.entries(fields).map(([name, policy]) => [name.toUpperCase(), policy.onError]));
  return field => own.get(field.toUpperCase()) ?? onError;
}

/** Whether any field that does not decode ends the run. */
export function mayFail({ onError, fields = {} }: RecordPolicies): boolean {
  return onError === 'fail' || Object.values(fields).some(policy => policy.onError === 'fail');
}
