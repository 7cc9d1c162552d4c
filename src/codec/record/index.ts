export { CODE_PAGES, codePage, type CodePage, type CodePageName } from './code-page.js';
export { SIGN_DIALECTS, type SignDialect } from './sign.js';
export type { Layout, LayoutItem, Leaf, Occurs, SignPosition } from './layout.js';
export { ROW_FAILED_OP, ROW_STATUS, ROW_VIEWS, type RowPlan, type RowSlot } from './row-plan.js';
export { fixedSpans, readSlot, type Decoder, type DecoderOptions, type FilePlace } from './decoder.js';
export { createDecoder } from './create.js';
export type { RecordSpans } from './row-twin.js';
export type { Refusal } from './refusal.js';
