const NAME_SIZE_MAX = 64;

/** `; did you mean NAME?` with the name that is nearest to one that is not there; '' where none is near. */
export function suggestion(names: readonly string[], name: string): string {
  const upper = name.toUpperCase().replaceAll('_', '-');
  const distances = names.map(known => distance(upper, known.toUpperCase()));
  const nearest = Math.min(...distances);
  if (nearest > Math.max(1, Math.floor(name.length / 3))) return '';
  return `; did you mean ${names[distances.indexOf(nearest)]}?`;
}

/** Letters to add, leave out, replace or swap with their neighbour to make one name of the other. */
function distance(a: string, b: string): number {
  if (a.length > NAME_SIZE_MAX) return NAME_SIZE_MAX;
  let [before, row] = [[] as number[], Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? before[j - 2]! + 1 : Infinity;
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, replaced, swapped));
    }
    [before, row] = [row, next];
  }
  return row[b.length]!;
}
