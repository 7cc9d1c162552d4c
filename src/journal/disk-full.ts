import { CapacityError } from '../model/index.js';
import { SEGMENT_SIZE_BYTES } from './format.js';
import type { LogWriterOptions } from './options.js';

/** What a file call says when the disk, or the user's share of it, has no room. */
const FULL_CODES = new Set(['ENOSPC', 'EDQUOT']);
const MIB = 1024 * 1024;

export function isDiskFull(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && FULL_CODES.has((error as NodeJS.ErrnoException).code ?? '');
}

/** A log that cannot be opened for want of room: where, why, and what to do. */
export function journalFull(options: LogWriterOptions, cause?: NodeJS.ErrnoException): CapacityError {
  const { directory, name, segmentSizeBytes = SEGMENT_SIZE_BYTES } = options;
  const why =
    cause === undefined ? 'no room for its next segment' : `${cause.code ?? ''} on ${cause.syscall ?? 'a write'}`;
  const remedy = `make room, 3 segments of ${segmentSizeBytes / MIB} MiB for a new log, and start again`;
  return new CapacityError(
    'HR_JOURNAL_FULL',
    `${directory}: the disk is full, ${name} cannot be opened (${why}); ${remedy}`,
    {
      cause,
      details: { directory, name },
      retryable: true,
    },
  );
}
