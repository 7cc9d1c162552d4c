export {
  BadRecord,
  type DataForm,
  type DataRecord,
  type DataValue,
  type FieldDescription,
  type FormSchema,
  type JsonSchema,
} from './form.js';
export { forms } from './forms/index.js';
