import { CapacityError, ConfigError } from '../model/index.js';
import type { FormSchema } from './form.js';
import { formatName, readSchema, schemaLabels, type SchemaInput, type SchemaReference } from './schema.js';

const SCHEMAS_MAX = 10_000;

/** Schemas by name and version. */
export class SchemaRegistry {
  readonly #versions = new Map<string, Map<string, FormSchema>>();
  #count = 0;

  /** Keeps a schema. Throws ConfigError for other arguments, and for one that is registered under this name and version already. */
  register(name: string, version: string | number, input: SchemaInput): FormSchema {
    if (
      typeof name !== 'string' ||
      name === '' ||
      !['string', 'number'].includes(typeof version) ||
      input === undefined
    )
      throw new ConfigError('HR_SCHEMA', 'a schema is registered as registerSchema(name, version, schema)');
    const versions = this.#versions.get(name) ?? new Map<string, FormSchema>();
    if (versions.has(String(version)))
      throw new ConfigError('HR_SCHEMA', `schema ${name} has a version ${version} already: take the next`);
    if (++this.#count > SCHEMAS_MAX) throw new CapacityError('HR_CAPACITY', `an engine keeps ${SCHEMAS_MAX} schemas`);
    const schema = { ...readSchema(input), name, version: String(version) };
    versions.set(String(version), schema);
    this.#versions.set(name, versions);
    return schema;
  }

  /** The schema of a name; without a version the one registered last. Undefined for a name that is not registered. */
  find({ name, version }: SchemaReference): FormSchema | undefined {
    const versions = this.#versions.get(name);
    if (versions === undefined) return undefined;
    const found = version === undefined ? [...versions.values()].at(-1) : versions.get(String(version));
    if (found === undefined)
      throw new ConfigError(
        'HR_SCHEMA',
        `schema ${name} has no version ${version}: ${[...versions.keys()].join(', ')}`,
      );
    return found;
  }

  /** The one shape of a schema: a registered one by its name (`orders`, `orders@2`) or reference, or what is given inline. */
  resolve(input: SchemaInput): FormSchema {
    if (typeof input === 'string') {
      const [, name = input, version] = /^(.*)@([^@]+)$/.exec(input) ?? [];
      return this.find({ name, ...(version === undefined ? {} : { version }) }) ?? readSchema(input);
    }
    if (isReference(input)) {
      const found = this.find(input);
      if (found === undefined) throw new ConfigError('HR_SCHEMA', `no schema ${input.name} is registered`);
      return found;
    }
    return readSchema(input);
  }

  /** The names there are. */
  get names(): readonly string[] {
    return [...this.#versions.keys()];
  }

  /** The newest schema of each name that is of a format. */
  ofFormat(format: string): readonly FormSchema[] {
    const newest = [...this.#versions.keys()].map(name => this.find({ name })!);
    return newest.filter(schema => schemaLabels(schema).includes(formatName(format)));
  }
}

function isReference(input: SchemaInput): input is SchemaReference {
  if (typeof input !== 'object' || !('name' in input)) return false;
  return Object.keys(input).every(word => word === 'name' || word === 'version');
}
