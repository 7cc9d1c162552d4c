import { fixWire } from './fix-wire.bench.js';
import type { Question } from './harness.js';

/** Every question by the name `npm run bench` takes, in the order they are asked. */
export const questions: Readonly<Record<string, Question>> = {
  'fix-wire': fixWire,
};
