/** Cells that a spreadsheet would take for a formula; the apostrophes before it are those that were added. */
const FORMULA = /^'*[=+\-@\t\r]/;
/** What begins as a formula and is a number as a whole is none. */
const SIGNED_NUMBER = /^[-+]\d+(\.\d+)?([eE][-+]?\d+)?$/;
const SPECIAL = /[",\r\n]/;

/**
 * Text as a cell of CSV (RFC 4180). An empty text is `""`, which sets it apart from null; what a spreadsheet would run as a
 * formula gets an apostrophe, also where it has some, so that reading can take one away.
 */
export function textCell(text: string): string {
  const safe = FORMULA.test(text) && !SIGNED_NUMBER.test(text) ? `'${text}` : text;
  return safe === '' || SPECIAL.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The text of a cell without the apostrophe that `textCell` may have put before it. */
export function cellText(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell;
}
