import { CapacityError, ClosedError, ConfigError, HeadraceError, InvariantError } from '../../model/index.js';

/** Runs a call of the crate; what it throws becomes an error of ours with the crate's code. */
export function columnFault<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw errorOf(error as Error & { code?: string });
  }
}

function errorOf(cause: Error & { code?: string }): HeadraceError {
  const { code, message } = cause;
  switch (code) {
    case 'HR_COLUMNS':
    case 'HR_INPUT':
    case 'HR_OUTPUT':
      return new ConfigError(code, message, { cause });
    case 'HR_DISK_FULL':
      return new CapacityError(code, message, { cause, retryable: true });
    case 'HR_CLOSED':
      return new ClosedError(code, message, { cause });
    default:
      return new InvariantError('HR_INTERNAL', `the columnar crate: ${message}`, { cause });
  }
}
