import { verifyLog, type VerifyReport } from '../journal/index.js';
import { checkHeld } from './held-log.js';
import { typeName } from './found-frame.js';

/** What `headrace audit verify` answers: the journal's report with the frame types by name. */
export interface AuditReport extends Omit<VerifyReport, 'countByType'> {
  readonly countByType: Readonly<Record<string, number>>;
}

/** Recomputes CRCs and hash chain of a log; `ok` is false with the first broken place when anything is not what was written. Throws ConfigError when the folder holds no such log. */
export function verify(directory: string, name: string): AuditReport {
  checkHeld(directory, name);
  const report = verifyLog(directory, name);
  const counts = Object.entries(report.countByType).map(([type, count]) => [typeName(Number(type)), count]);
  return { ...report, countByType: Object.fromEntries(counts) as Record<string, number> };
}
