export {
  APPL_VER_ID,
  FIX_VERSIONS,
  applVerIdOf,
  builtInDictionaries,
  openDictionaryFolder,
  readQuickFixDictionary,
  type Dictionaries,
} from './dictionaries.js';
export {
  FixDictionary,
  type FieldFact,
  type GroupLayout,
  type Layout as FieldLayout,
  type MessageLayout,
} from './dictionary.js';
export type { CustomField, MessageExtension } from './extension.js';
export { VALUE_FORMAT, hasFormat, type ValueFormat } from './format.js';
export { tableFromQuickFixXml } from './quickfix-xml.js';
export { parseDictionaryTable } from './table.js';
export { REJECT_REASON, REJECT_TEXT } from './reject-reason.js';
export { SECTION, sectionOf, type FieldIndex } from './sections.js';
export { MessageValidator, VALIDATE_ALL, type ValidationRules } from './validator.js';
