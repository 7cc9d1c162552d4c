export {
  DataTransformationEngine,
  type TransformationEngineOptions,
  type TransformationStream,
  type TransformOptions,
} from './engine.js';
export type { QualityResult, ValidationRules } from './checks.js';
export type { DeadLetter, ErrorAction, ErrorHandling } from './error-handling.js';
export {
  BadRecord,
  type DataForm,
  type DataRecord,
  type DataValue,
  type FieldDescription,
  type FormSchema,
  type JsonSchema,
} from './form.js';
export {
  compileMapping,
  type FieldLogic,
  type LogicContext,
  type LogicFunction,
  type Mapping,
  type TransformationLogic,
} from './mapping.js';
export type { TransformationError } from './problem.js';
export type {
  QualityResults,
  RuleCounts,
  TransformationMetrics,
  TransformationResult,
  ValidationResults,
} from './result.js';
export type { SchemaInput, SchemaReference } from './schema.js';
export type { TransformationRule } from './transformation-rule.js';
export { forms } from './forms/index.js';
export { RecordStage, type StageCounts, type StageRule } from './record-stage.js';
