/**
 * Hyphenated names. As in COBOL, a hyphen with a letter before its word and no space around it belongs to the name: `CUST-ID` is a field, `A - B` a
 * difference. CEL has no such names, so each becomes one with underscores, of the same length: places in errors stay true.
 */
export function plainName(name: string): string {
  return name.replaceAll('-', '_');
}

// What may hold a hyphen that is none of a name: quoted text (raw, triple or plain) and a comment. The last alternative is the name.
const PARTS =
  /"""[^]*?"""|'''[^]*?'''|[rR]"[^"\n]*"|[rR]'[^'\n]*'|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\/\/[^\n]*|\b[A-Za-z][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)+/g;

/** The expression with each hyphenated name outside quotes as `plainName` writes it. */
export function withPlainNames(source: string): string {
  return source.replace(PARTS, part => (/^[A-Za-z][\w-]*$/.test(part) ? plainName(part) : part));
}
