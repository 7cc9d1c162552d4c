import { ConfigError, type DataRecord } from '../../model/index.js';
import type { DataForm, FormSchema } from '../form.js';
import { gather, textOf, TextPieces } from './form-text.js';
import { XmlReader } from './xml-reader.js';
import { XmlWriter } from './xml-writer.js';

async function* texts(records: AsyncIterable<DataRecord>, schema: FormSchema | undefined): AsyncIterable<string> {
  const writer = new XmlWriter(schema);
  yield writer.start();
  for await (const record of records) yield writer.record(record);
  yield writer.end();
}

/** XML: elements to records, namespaces, attributes, lists by the schema. */
export const xml: DataForm = {
  name: 'xml',
  words: ['root', 'rootElement', 'recordElement', 'record', 'namespaces', 'indent'],
  *read(data, schema) {
    if (typeof data !== 'string' && !(data instanceof Uint8Array))
      throw new ConfigError('HR_SCHEMA', 'xml reads text or bytes, not an object');
    const reader = new XmlReader(schema);
    yield* reader.take(textOf('xml', data));
    yield* reader.end();
  },
  async *readStream(chunks, schema) {
    const reader = new XmlReader(schema);
    const pieces = new TextPieces('xml');
    for await (const chunk of chunks) yield* reader.take(pieces.take(chunk));
    yield* reader.take(pieces.end());
    yield* reader.end();
  },
  write(records, schema) {
    const writer = new XmlWriter(schema);
    return writer.start() + Array.from(records, record => writer.record(record)).join('') + writer.end();
  },
  writeStream: (records, schema) => gather(texts(records, schema)),
};
