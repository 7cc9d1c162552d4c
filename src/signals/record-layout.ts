import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { ConfigError, HeadraceError, type DataRecord } from '../model/index.js';
import { BadRecord, forms, type DataForm, type FormSchema } from '../transform/index.js';
import type { LayoutOptions } from './options.js';

const LINE_ENDS = { none: '', lf: '\n', crlf: '\r\n' } as const;

/** One record's bytes by a copybook or by fixed-width columns. */
export class RecordLayout {
  readonly #form: DataForm;
  readonly #schema: FormSchema;
  readonly #lineEnd: string;
  /** Bytes of a fixed-width record with its line end; undefined of a copybook, whose records tell. */
  readonly sizeBytes: number | undefined;

  /** Throws ConfigError for a copybook that cannot be read; `folder` is where relative files begin. */
  constructor(options: LayoutOptions, folder: string) {
    const { copybook, codepage, fields, newline } = options;
    this.#form = forms.get(copybook === undefined ? 'fixed_width' : 'cobol_copybook')!;
    this.#lineEnd = LINE_ENDS[newline];
    if (copybook === undefined) {
      const described = fields!.map(({ scale, signed, ...field }) => ({
        ...field,
        ...(scale !== undefined && { scale }),
        ...(signed !== undefined && { signed }),
      }));
      this.#schema = { fields: described, options: { lines: false } };
      this.sizeBytes = fields!.reduce((sum, { width }) => sum + width, 0) + this.#lineEnd.length;
    } else this.#schema = { copybook: textOf(resolve(folder, copybook)), options: { codePage: codepage } };
  }

  /** Throws HeadraceError naming the field that does not go in. */
  encode(record: DataRecord): Buffer {
    const written = this.#form.write([record], this.#schema);
    const bytes = Buffer.from(written as Uint8Array);
    return Buffer.concat([bytes, Buffer.from(this.#lineEnd)]);
  }

  /** Throws what the bytes are not. */
  decode(bytes: Uint8Array): DataRecord {
    const [record] = this.#form.read(bytes.subarray(0, bytes.length - this.#lineEnd.length), this.#schema);
    if (record instanceof BadRecord) throw record.error;
    if (record === undefined) throw new HeadraceError('HR_SIGNAL_REPORT', 'the answer is no record');
    return record;
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ConfigError('HR_CONFIG', `the copybook ${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}
