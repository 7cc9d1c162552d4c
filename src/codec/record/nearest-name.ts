import { editDistance } from '../../model/index.js';

const NAME_SIZE_MAX = 64;

/** `; did you mean NAME?` with the name that is nearest to one that is not there; '' where none is near. */
export function suggestion(names: readonly string[], name: string): string {
  if (name.length > NAME_SIZE_MAX) return '';
  const upper = name.toUpperCase().replaceAll('_', '-');
  const distances = names.map(known => editDistance(upper, known.toUpperCase()));
  const nearest = Math.min(...distances);
  if (nearest > Math.max(1, Math.floor(name.length / 3))) return '';
  return `; did you mean ${names[distances.indexOf(nearest)]}?`;
}
