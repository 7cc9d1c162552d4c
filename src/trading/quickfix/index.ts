export { readForeignStore, type ForeignStore, type StoreNames } from './foreign-store.js';
export { rowOf, SETTINGS_KEYS } from './keys.js';
export type { Engine, KeyRow } from './key-row.js';
export { asksForDefault, planSessions, type SessionPlan, type SessionPlans } from './session-plan.js';
export {
  readSettings,
  type ReadSettingsOptions,
  type SettingsEntry,
  type SettingsFile,
  type SettingsFinding,
  type SettingsSession,
} from './settings-file.js';
export { takeOverStore } from './take-over.js';
