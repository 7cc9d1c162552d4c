import { z } from 'zod';

import type { JsonSchema } from '../../options/index.js';
import { configSchema } from './schema.js';

let made: JsonSchema | undefined;

/** The JSON Schema of a configuration file, for editors: what a user writes, before defaults. Made once. */
export function configJsonSchema(): JsonSchema {
  const title = 'headrace configuration, version 1';
  made ??= { title, ...z.toJSONSchema(configSchema, { io: 'input' }) } as JsonSchema;
  return made;
}
