import { HeadraceError } from '../model/index.js';

/** What is wrong with a record, or with a run. */
export interface TransformationError {
  /** Stable: `HR_VALIDATION`, `HR_QUALITY`, `HR_EXPRESSION_VALUE`, `HR_FORM` … */
  readonly code: string;
  /** The field, as `items[1].price`; '' for the record as a whole. */
  readonly path: string;
  readonly message: string;
  /** The record's number among those that came in, from 1; absent for what is about the run. */
  readonly record?: number;
  /** The transformation rule or check it broke. */
  readonly rule?: string;
}

/** The error of anything that was thrown. */
export function problemOf(
  error: unknown,
  place: { path?: string; record?: number; rule?: string } = {},
): TransformationError {
  const isOurs = error instanceof HeadraceError;
  const field = isOurs ? error.details['field'] : undefined;
  return {
    code: isOurs ? error.code : 'HR_TRANSFORM',
    path: place.path ?? (typeof field === 'string' ? field : ''),
    message: error instanceof Error ? error.message : String(error),
    ...(place.record === undefined ? {} : { record: place.record }),
    ...(place.rule === undefined ? {} : { rule: place.rule }),
  };
}

/** A record that a rule refused, with everything that is wrong with it. */
export class RefusedRecord extends HeadraceError {
  constructor(readonly problems: readonly TransformationError[]) {
    super(
      'HR_RECORD_REFUSED',
      problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; '),
    );
  }
}
