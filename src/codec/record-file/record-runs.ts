import type { RecordBatch } from './record-finder.js';

/** Records of one kind that follow each other, as indexes of a framing. */
export interface Run {
  readonly kind: number;
  readonly from: number;
  readonly until: number;
}

/** Parts a batch into runs of one kind. */
export function runsOf({ framing }: RecordBatch): Run[] {
  const { kinds, count } = framing;
  const runs: Run[] = [];
  for (let from = 0; from < count;) {
    let until = from + 1;
    while (until < count && kinds[until] === kinds[from]) until++;
    runs.push({ kind: kinds[from]!, from, until });
    from = until;
  }
  return runs;
}
