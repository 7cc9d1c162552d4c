export {
  CHECK_WORDS,
  runConformance,
  type ConformanceOptions,
  type ConformanceResult,
  type ScenarioResult,
  type StepWords,
} from './conformance.js';
export { decimalOf, field, timestampOf, writeFields, type MessageField } from './message-fields.js';
export type { CustomTag, MessageRules, PlatformProfile, Scenario } from './profile.js';
export { PROFILE_NAMES, platformProfiles } from './profiles/index.js';
export { PlatformRules, type ComposeMessage, type FieldRefusal, type OwnRules } from './rules.js';
export { PLAY_DEFAULTS, type PlayOptions, type SimulatorCounts, type SimulatorOptions } from './simulator/options.js';
export { PlatformSimulator } from './simulator/simulator.js';
export {
  allocationFields,
  confirmationAnswerFields,
  reportAnswerFields,
  type AllocationReportAnswer,
  type AllocationToSend,
  type ConfirmationAnswer,
} from './allocation.js';
export {
  platformOptions,
  platformsFile,
  platformsSchema,
  unnamedProfile,
  type PlatformOptions,
  type PlatformOptionsInput,
} from './options.js';
export { PlatformWebServices, type CallResult, type CallValues } from './web-services/client.js';
