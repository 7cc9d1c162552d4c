/** The parts the gateway is made of, for programs that want only some of them: codecs, gate and journal. */
export {
  columnsOf,
  DECIMAL_PAIRS,
  decimalText,
  int64,
  LAST,
  objectProblems,
  PAIR_CHARACTERS,
  PAIRS,
  quotient64,
  RecordCodec,
  RecordView,
  rest64,
  SPARE,
  SPARE_CHARACTERS,
  withoutZeros,
  type Column,
  type FieldRefusal,
  type ObjectProblem,
} from './codec/index.js';
export {
  chooseRecord,
  compileCopybook,
  compileFixedWidth,
  createColumnWriter,
  createDecoder,
  createJsonWriter,
  createRowGroupWriter,
  FixBatch,
  FixEncoder,
  fixedSpans,
  frameFixed,
  frameRdw,
  Framing,
  messageBuilder,
  NameTable,
  openColumnReader,
  OrderEncoder,
  readSlot,
  rowsTellAll,
  type BuiltMessage,
} from './codec/index.js';
export { COBOLDataConverter } from './converter/index.js';
export { createTail, openLogReader, openLogWriter } from './journal/index.js';
export { DataTransformationEngine } from './transform/index.js';
export { loadAddon, type NativeMode } from './native/index.js';
export { openLog } from './observe/index.js';
export { journalLog, WebSocketTopics, type Render } from './publish/index.js';
export { createGate, failures, limitCommands, refusalText } from './risk/index.js';
