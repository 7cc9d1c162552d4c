import { editDistance } from '../model/index.js';

const TEXT_SIZE_MAX = 64;

/** The known name nearest to what was written, or undefined when none is near enough to be what was meant. */
export function nearestName(written: string, known: readonly string[]): string | undefined {
  if (written.length > TEXT_SIZE_MAX) return undefined;
  const folded = written.toLowerCase();
  const distanceMax = Math.max(1, Math.floor((written.length + 1) / 3));
  const ranked = known
    .map(name => ({ name, distance: editDistance(folded, name.toLowerCase()) }))
    .filter(({ distance }) => distance <= distanceMax)
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.name;
}
