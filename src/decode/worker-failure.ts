import { ConfigError, DecodeError, HeadraceError, InputError, type ErrorDetails } from '../model/index.js';

/** An error on its way out of a worker: what stays of it is its kind, code and words. */
export interface WorkerFailure {
  readonly kind: 'failed';
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly details: ErrorDetails;
}

/** The failure of an error of ours; any other is a fault, and is thrown again. */
export function failureOf(error: unknown): WorkerFailure {
  if (!(error instanceof HeadraceError)) throw error;
  const { name, code, message, details } = error;
  return { kind: 'failed', name, code, message, details };
}

const ERRORS = { ConfigError, DecodeError, InputError } as Readonly<Record<string, typeof HeadraceError>>;

/** The error that a failure tells of. */
export function errorOf({ name, code, message, details }: WorkerFailure): HeadraceError {
  const type = ERRORS[name] ?? HeadraceError;
  return new type(code as `HR_${string}`, message, { details });
}
