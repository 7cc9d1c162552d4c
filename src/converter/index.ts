export { compileCopybookData, type CopybookData, type CopybookField, type FieldOccurs } from './copybook-data.js';
export { COBOLDataConverter } from './cobol-data-converter.js';
export {
  CONVERTER_OPTIONS,
  type ConverterOptions,
  type PlacedRecordsInput,
  type SelectFields,
  type SelectRuleInput,
  type SelectValue,
} from './converter-options.js';
export type { JsonRecords, RecordObject } from './json-records.js';
export type { DecodedRecord, PlainDecoder } from './plain-decoder.js';
export { decodeError, PlainRecords, type CopybookInput, type PlainEncoder } from './plain-records.js';
export type { NumberForm, PlainRecord, PlainValue } from './plain-value.js';
export type { RecordShape } from './record-shape.js';
