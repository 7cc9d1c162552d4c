/** A number of JSON text as it is written: more digits than a double keeps stay. */
export class NumberText {
  constructor(readonly text: string) {}
}

/** Pretty JSON text of plain data in which numbers may be NumberText. Members that are undefined are left out. */
export function jsonText(value: unknown, indent = ''): string {
  if (value instanceof NumberText) return value.text;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  const lines = Array.isArray(value)
    ? value.map(element => jsonText(element, inner))
    : Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([name, member]) => `${JSON.stringify(name)}: ${jsonText(member, inner)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  if (lines.length === 0) return `${open}${close}`;
  const isShort = Array.isArray(value) && value.every(element => typeof element === 'string');
  if (isShort) return `[${lines.join(', ')}]`;
  return `${open}\n${lines.map(line => `${inner}${line}`).join(',\n')}\n${indent}${close}`;
}
