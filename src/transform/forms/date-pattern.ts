/** The parts of a date's pattern: `YYYY`, `MM`, `DD` and what stands between them. */
const PART = /YYYY|MM|DD/g;

/** A date in a pattern such as `DD.MM.YYYY` as `2026-03-01`; undefined for what is none, or no day of the calendar. */
export function readDate(text: string, pattern = 'YYYY-MM-DD'): string | undefined {
  const names: string[] = [];
  const escaped = pattern.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  const source = escaped.replace(PART, part => {
    names.push(part);
    return `(\\d{${part.length}})`;
  });
  const match = new RegExp(`^${source}$`).exec(text);
  if (match === null) return undefined;
  const part = (name: string): string => match[names.indexOf(name) + 1] ?? '';
  const iso = `${part('YYYY')}-${part('MM')}-${part('DD')}`;
  const time = Date.parse(`${iso}T00:00:00Z`);
  return Number.isNaN(time) || !new Date(time).toISOString().startsWith(iso) ? undefined : iso;
}

/** An ISO date in a pattern; undefined for what is none. */
export function writeDate(iso: string, pattern = 'YYYY-MM-DD'): string | undefined {
  if (readDate(iso) === undefined) return undefined;
  const [YYYY = '', MM = '', DD = ''] = iso.split('-');
  return pattern.replace(PART, part => ({ YYYY, MM, DD })[part as 'YYYY']);
}
