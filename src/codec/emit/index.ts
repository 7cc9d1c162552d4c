export { arrowSchemaOf } from './arrow-schema.js';
export { jsonSchemaOf } from './json-schema.js';
export { protoOf, type ProtoOptions } from './proto.js';
export { sqlOf } from './sql.js';
export { typescriptOf } from './typescript/typescript.js';
