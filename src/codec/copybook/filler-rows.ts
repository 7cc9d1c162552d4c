import type { Entry } from './entry.js';

/**
 * Whether a FILLER table keeps its name in the output, as one that is read row by row. The items of the others become columns,
 * arrays of their own, each with its own bytes. That cannot be where a row has views, groups without a name or counts
 * of its own, nor where the number of rows is counted. An elementary one is passed over, unless what follows it `slides`.
 */
export function isReadByRows(entry: Entry, slides: boolean): boolean {
  if (!entry.filler || entry.occurs === undefined) return false;
  const { children } = entry;
  const counted = entry.occurs.dependingOn !== undefined;
  if (children.length === 0) return counted && slides;
  return counted || children.some(standsInARow) || (children.length > 1 && children.some(holdsACount));
}

const standsInARow = (child: Entry): boolean =>
  child.redefines !== undefined || (child.filler && child.children.length > 0);

const holdsACount = (entry: Entry): boolean =>
  entry.occurs?.dependingOn !== undefined || entry.children.some(holdsACount);
