export { search, type SearchQuery } from './search.js';
export { tail, type TailOptions } from './tail.js';
export { foundFrame, topicNumber, typeNumber, type FoundFrame } from './found-frame.js';
export { verify, type AuditReport } from './verify.js';
