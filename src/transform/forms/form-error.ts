import { DecodeError, EncodeError } from '../../model/index.js';

/** Where in its form a record could not be read or written; records and lines count from 1. */
export interface FormPlace {
  readonly form: string;
  readonly record: number;
  readonly line?: number | undefined;
  readonly field?: string | undefined;
  readonly value?: unknown;
}

const VALUE_SIZE_MAX = 120;

function words({ form, record, line, field }: FormPlace, message: string): string {
  const parts = [`${form} record ${record}`, line === undefined ? '' : `line ${line}`, field ?? ''];
  return `${parts.filter(part => part !== '').join(', ')}: ${message}`;
}

function details(place: FormPlace): Readonly<Record<string, unknown>> {
  const { value, ...rest } = place;
  const shown = value === undefined ? {} : { value: String(value).slice(0, VALUE_SIZE_MAX) };
  return { ...Object.fromEntries(Object.entries(rest).filter(([, part]) => part !== undefined)), ...shown };
}

/** Why a record cannot be read: HR_FORM_READ, with its place in the details. */
export function readError(place: FormPlace, message: string): DecodeError {
  return new DecodeError('HR_FORM_READ', words(place, message), { details: details(place) });
}

/** Why a record cannot be written: HR_FORM_WRITE, with its place in the details. */
export function writeError(place: FormPlace, message: string): EncodeError {
  return new EncodeError('HR_FORM_WRITE', words(place, message), { details: details(place) });
}
