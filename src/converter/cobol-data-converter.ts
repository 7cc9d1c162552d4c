import type { ConverterOptions } from './converter-options.js';
import type { JsonRecords } from './json-records.js';
import { PlainRecords, type CopybookInput } from './plain-records.js';
import type { PlainRecord } from './plain-value.js';

/** As many compiled copybooks are kept, the last used. */
const KEPT_MAX = 16;

/**
 * The plain door to the record codec: JSON to the bytes of COBOL records and back, by the same rules as `headrace encode` and
 * `headrace decode`. A copybook is its text, layouts of compileCopybook, or fields as data (CopybookField). Static and instance methods
 * do the same; an instance has options that hold for all its calls.
 */
export class COBOLDataConverter {
  private static readonly plain = new COBOLDataConverter();
  private readonly kept = new Map<string, PlainRecords>();

  constructor(private readonly options: ConverterOptions = {}) {}

  /**
   * The bytes of an object, of an array of objects one after the other, or of the JSON text of either, whose numbers never pass through a
   * float. Throws EncodeError with record, field, picture, code and value in its details, ConfigError for the copybook.
   */
  jsonToCobol(json: JsonRecords, copybook: CopybookInput, options: ConverterOptions = {}): Buffer {
    return this.open(copybook, options).encode(json);
  }

  /**
   * The object of one record, or the array of the objects of several or none. Throws DecodeError with record, offset, field, picture, code and
   * hex in its details, ConfigError for the copybook.
   */
  cobolToJson(bytes: Uint8Array, copybook: CopybookInput, options: ConverterOptions = {}): PlainRecord | PlainRecord[] {
    const records = this.open(copybook, options).decode(bytes);
    return records.length === 1 ? records[0]! : records;
  }

  /** `jsonToCobol` with the options of the call alone. */
  static jsonToCobol(json: JsonRecords, copybook: CopybookInput, options: ConverterOptions = {}): Buffer {
    return COBOLDataConverter.plain.jsonToCobol(json, copybook, options);
  }

  /** `cobolToJson` with the options of the call alone. */
  static cobolToJson(
    bytes: Uint8Array,
    copybook: CopybookInput,
    options: ConverterOptions = {},
  ): PlainRecord | PlainRecord[] {
    return COBOLDataConverter.plain.cobolToJson(bytes, copybook, options);
  }

  /** Compiling costs more than one record: what a text and plain options make is kept for the next call. */
  private open(copybook: CopybookInput, own: ConverterOptions): PlainRecords {
    const options = { ...this.options, ...own };
    const isPlain = options.readCopy === undefined && options.onRefusal === undefined;
    if (typeof copybook !== 'string' || !isPlain) return new PlainRecords(copybook, options);
    const key = JSON.stringify([options, copybook]);
    const records = this.kept.get(key) ?? new PlainRecords(copybook, options);
    this.kept.delete(key);
    this.kept.set(key, records);
    if (this.kept.size > KEPT_MAX) this.kept.delete(this.kept.keys().next().value!);
    return records;
  }
}
