/** The part of JSON Schema that we read back: for did-you-mean and for the reference page. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

function step(schema: JsonSchema, part: string | number): readonly JsonSchema[] {
  const branches = schema.anyOf ?? [schema];
  return branches.flatMap(branch => {
    if (typeof part === 'number') return branch.items ?? [];
    const rest = typeof branch.additionalProperties === 'object' ? branch.additionalProperties : [];
    return branch.properties?.[part] ?? rest;
  });
}

/** The keys that may stand at a path, for did-you-mean. */
export function knownKeys(schema: JsonSchema, path: readonly (string | number)[]): readonly string[] {
  const found = path.reduce<readonly JsonSchema[]>(
    (schemas, part) => schemas.flatMap(one => step(one, part)),
    [schema],
  );
  return found.flatMap(one => [
    ...Object.keys(one.properties ?? {}),
    ...((one.propertyNames?.enum ?? []) as string[]),
    ...(one.anyOf ?? []).flatMap(branch => Object.keys(branch.properties ?? {})),
  ]);
}
