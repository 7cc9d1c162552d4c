/** Facts of an error that a program may read. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** What an error carries beside its code and message; `retryable` says whether the same call may succeed later. */
export interface ErrorOptions {
  readonly cause?: unknown;
  readonly details?: ErrorDetails;
  readonly retryable?: boolean;
}

/**
 * The root of every error headrace throws. `code` is stable (`HR_*`), `message` names the place, the cause and the remedy,
 * `retryable` says whether the same call may succeed later. A risk refusal is a result, never one of these.
 */
export class HeadraceError extends Error {
  readonly code: string;
  readonly details: ErrorDetails;
  readonly retryable: boolean;

  constructor(code: `HR_${string}`, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.details = options.details ?? {};
    this.retryable = options.retryable ?? false;
  }
}

/** The configuration cannot be used; exit code 78. */
export class ConfigError extends HeadraceError {}

/** A file that is to be read is not there, or cannot be opened; exit code 66. */
export class InputError extends HeadraceError {}

/** Bytes that a layout does not explain: details hold codec, record, offset, field and up to 16 bytes of hex. */
export class DecodeError extends HeadraceError {}

/** A value that a layout or form has no place for: details hold record, field and the value's text, cut short. */
export class EncodeError extends HeadraceError {}

/** A counterparty broke its protocol. */
export class ProtocolError extends HeadraceError {}

/** A peer cannot be reached, or went away. */
export class ConnectionError extends HeadraceError {}

/** A deadline passed. */
export class TimeoutError extends HeadraceError {}

/** A bound was reached: its name and size are in the details. */
export class CapacityError extends HeadraceError {}

/** A file or stream no longer takes what is written to it: full, or gone. */
export class OutputError extends HeadraceError {}

/** A broker did not take a batch. */
export class PublishError extends HeadraceError {}

/** The thing called is closed. */
export class ClosedError extends HeadraceError {}

/** Something that must hold does not: the process stops. */
export class InvariantError extends HeadraceError {}

/** Asserts what must hold, on both sides of a boundary. */
export function invariant(condition: boolean, message: string, details?: ErrorDetails): asserts condition {
  if (!condition) throw new InvariantError('HR_INVARIANT', message, details === undefined ? {} : { details });
}
