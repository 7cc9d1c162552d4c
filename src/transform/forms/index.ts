import type { DataForm } from '../form.js';
import { cobolCopybook } from './cobol-copybook.js';
import { csv } from './csv.js';
import { fixedWidth } from './fixed-width.js';
import { json } from './json.js';
import { xml } from './xml.js';

/** The forms that are built in, by their names. */
export const forms: ReadonlyMap<string, DataForm> = new Map(
  [json, cobolCopybook, fixedWidth, xml, csv].map(form => [form.name, form]),
);
