import { FileFold } from './file-fold.js';
import type { StartOfDayMapping } from './mapping.js';

/** Compiles a load's copybook and looks up every field that is mapped. Throws ConfigError naming what is missing. */
export function checkStartOfDay(mapping: StartOfDayMapping): void {
  new FileFold(mapping, undefined, 1);
}
