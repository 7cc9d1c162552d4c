import type { DataRecord } from '../model/index.js';
import { BadRecord, forms } from '../transform/index.js';

/** The one object of a JSON text, its numbers with every digit; else why it is none. */
export function readJson(text: string | Uint8Array): DataRecord | string {
  try {
    const found = [...forms.get('json')!.read(text, undefined)];
    const [record] = found;
    if (record instanceof BadRecord) return record.error.message;
    return record !== undefined && found.length === 1
      ? record
      : `${found.length} records where one JSON object is taken`;
  } catch (error) {
    return (error as Error).message;
  }
}
