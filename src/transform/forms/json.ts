import { JsonTape, objectText } from '../../codec/index.js';
import { isUtf8 } from 'node:buffer';
import { ConfigError, type DataRecord } from '../../model/index.js';
import { BadRecord, type DataForm, type FormSchema } from '../form.js';
import { readError } from './form-error.js';
import { gather } from './form-text.js';
import { objectRecord, plainRecord, tapeRecord, type JsonNumbers } from './json-values.js';
import { JsonSplitter } from './json-splitter.js';

/** Reads the records of JSON text, each by itself: one that is bad does not end the others. */
class JsonReader {
  private readonly splitter = new JsonSplitter();
  private readonly tape = new JsonTape();
  private records = 0;

  *take(piece: Uint8Array): Generator<DataRecord | BadRecord> {
    for (const text of this.splitter.take(piece)) yield this.record(text);
  }

  end(): void {
    this.splitter.end();
  }

  private record(text: Uint8Array): DataRecord | BadRecord {
    const place = { form: 'json', record: ++this.records, line: this.splitter.line };
    if (!isUtf8(text)) return new BadRecord(readError(place, 'the bytes are not UTF-8'), text.slice());
    try {
      if (this.tape.read(text, 0, text.length) === 0) return tapeRecord(this.tape, place);
    } catch (error) {
      return new BadRecord(error as Error, Buffer.from(text).toString());
    }
    const error = readError(place, `it is no JSON from byte ${this.tape.errorAt} of the record on`);
    return new BadRecord(error, Buffer.from(text).toString());
  }
}

function* readObjects(data: object): Generator<DataRecord | BadRecord> {
  const records: readonly unknown[] = Array.isArray(data) ? data : [data];
  for (const [index, record] of records.entries())
    try {
      yield objectRecord(record, { form: 'json', record: index + 1 });
    } catch (error) {
      yield new BadRecord(error as Error, record as object);
    }
}

function* readText(data: string | Uint8Array): Generator<DataRecord | BadRecord> {
  const reader = new JsonReader();
  yield* reader.take(typeof data === 'string' ? Buffer.from(data) : data);
  reader.end();
}

/** How JSON goes out: `output` objects (the default) or text; `numbers` that no double surely holds, as strings or literals; `lines` in a stream. */
interface JsonWords {
  readonly output: 'objects' | 'text';
  readonly numbers: JsonNumbers;
  readonly lines: boolean;
}

function wordsOf(schema: FormSchema | undefined): JsonWords {
  const { output = 'objects', numbers, lines = false } = schema?.options ?? {};
  if (output !== 'objects' && output !== 'text')
    throw new ConfigError('HR_SCHEMA', `json: output is objects or text, not ${JSON.stringify(output)}`);
  const known = numbers ?? (output === 'text' ? 'literal' : 'exact');
  if (known !== 'exact' && known !== 'literal' && known !== 'number')
    throw new ConfigError('HR_SCHEMA', `json: numbers is exact, literal or number, not ${JSON.stringify(numbers)}`);
  if (output === 'objects' && known === 'literal')
    throw new ConfigError('HR_SCHEMA', 'json: numbers: literal is for text; an object has exact or number');
  return { output, numbers: known, lines: lines === true };
}

function recordText(record: DataRecord, index: number, numbers: JsonNumbers): string {
  const plain = plainRecord(record, numbers, { form: 'json', record: index + 1 });
  return numbers === 'literal' ? objectText(record) : JSON.stringify(plain);
}

async function* texts(records: AsyncIterable<DataRecord>, { numbers, lines }: JsonWords): AsyncIterable<string> {
  let index = 0;
  for await (const record of records) {
    const text = recordText(record, index, numbers);
    if (lines) yield `${text}\n`;
    else yield `${index === 0 ? '[' : ',\n'}${text}`;
    index++;
  }
  if (!lines) yield index === 0 ? '[]\n' : ']\n';
}

/** JSON: objects of a program, or text (an object, an array of objects, JSON lines), whose numbers keep every digit. */
export const json: DataForm = {
  name: 'json',
  words: ['output', 'numbers', 'lines'],
  read: data => (typeof data === 'string' || data instanceof Uint8Array ? readText(data) : readObjects(data)),
  async *readStream(chunks) {
    const reader = new JsonReader();
    for await (const chunk of chunks) yield* reader.take(chunk);
    reader.end();
  },
  write(records, schema) {
    const { output, numbers } = wordsOf(schema);
    if (output === 'objects')
      return Array.from(records, (record, index) =>
        plainRecord(record, numbers, { form: 'json', record: index + 1 }),
      ) as object[];
    return `[${Array.from(records, (record, index) => recordText(record, index, numbers)).join(',\n')}]\n`;
  },
  writeStream: (records, schema) =>
    gather(texts(records, { ...wordsOf({ ...schema, options: { ...schema?.options, output: 'text' } }) })),
};
