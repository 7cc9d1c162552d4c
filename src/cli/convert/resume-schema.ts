import { z } from 'zod';

const count = z.int().min(0);
/** The file's members. */
export const stateSchema = z.strictObject({
  version: z.literal(1),
  /** What the run reads, how, and into which form: another run does not go on with it. */
  key: z.string(),
  /** Outputs that are whole. */
  done: z.array(z.strictObject({ path: z.string(), sizeBytes: count })),
  /** Of the output in hand: tasks that are done, and its size then. */
  tasks: count,
  sizeBytes: count,
  deadLetterBytes: count,
  records: count,
  bad: count,
  bytes: count,
});

/** How far a run has come: all that is in the outputs and the dead-letter file by then is counted in it. */
export type ResumeState = z.output<typeof stateSchema>;
