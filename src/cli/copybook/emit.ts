import {
  arrowSchemaOf,
  chooseRecord,
  compileJsonPlan,
  errorPolicy,
  jsonSchemaOf,
  protoOf,
  sqlOf,
  typescriptOf,
  type ColumnOptions,
  type Layout,
  type RecordPolicies,
} from '../../codec/index.js';

/** What `--emit` makes of a copybook, and how its file ends. */
export const EMITTED = {
  'json-schema': '.schema.json',
  typescript: '.ts',
  proto: '.proto',
  sql: '.sql',
  arrow: '.arrow.json',
} as const;

export type EmitKind = keyof typeof EMITTED;

export interface EmitSource {
  readonly layouts: readonly Layout[];
  readonly policies: RecordPolicies;
  /** Where the text comes from, its hash, and the command that makes it: lines of a header. */
  readonly about: readonly string[];
  /** The file as it is, '' when there is none. */
  readonly earlier: string;
}

/** The text of a generated file. Throws ConfigError for a record that decode cannot write either. */
export function emit(kind: EmitKind, { layouts, policies, about, earlier }: EmitSource): string {
  const policy = errorPolicy(policies);
  const isNullable: ColumnOptions['isNullable'] = ({ name }) => policy(name) === 'null';
  const renames = policies.renames === true;
  const columns = (): ColumnOptions => ({ isNullable, renames });
  for (const layout of layouts) compileJsonPlan(layout, { isNullable, renames });
  switch (kind) {
    case 'json-schema':
      return jsonSchemaOf(layouts, policies, about.join(' '));
    case 'typescript':
      return typescriptOf(layouts, about);
    case 'proto':
      return protoOf(layouts, { columns, about, earlier });
    case 'sql':
      return sqlOf(layouts, columns, about.join('\n-- '));
    case 'arrow':
      return arrowSchemaOf(chooseRecord(layouts, undefined), columns());
  }
}
