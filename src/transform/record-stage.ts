import { objectText } from '../codec/index.js';
import { Expression, expressionScope } from '../expression/index.js';
import { HeadraceError, type DataRecord } from '../model/index.js';
import { BadRecord } from './form.js';
import { forms } from './forms/index.js';
import { compileMapping, type Mapping } from './mapping.js';

/** One step of the gateway's `transform`: which records it takes, and what becomes of them. */
export interface StageRule {
  /** The source whose records it takes; every one's where it is left out. */
  readonly source?: string | undefined;
  /** An expression; a record for which it is not true goes on as it is. */
  readonly when?: string | undefined;
  /** Target field to expression. */
  readonly fields: Readonly<Record<string, string>>;
}

interface StageStep {
  readonly id: string;
  readonly source: string | undefined;
  readonly when: Expression | undefined;
  readonly mapping: Mapping;
}

/** Transforms JSON records, one after the other, by the steps of a configuration. */
export class RecordStage {
  readonly #steps: readonly StageStep[];

  /** Throws ConfigError for what is no expression. */
  constructor(rules: readonly StageRule[]) {
    this.#steps = rules.map(({ source, when, fields }, index) => ({
      id: `transform[${index}]`,
      source,
      when: when === undefined ? undefined : new Expression(when),
      mapping: compileMapping(fields, `transform[${index}]`),
    }));
  }

  /**
   * The record of a source as JSON text after every step that is about it; where none is, the same bytes, JSON or not. Throws HeadraceError for what is no JSON
   * object, or what a step refuses.
   */
  async apply(source: string, bytes: Uint8Array): Promise<Uint8Array> {
    const steps = this.#steps.filter(step => step.source === undefined || step.source === source);
    if (steps.length === 0) return bytes;
    let record = onlyRecord(bytes);
    for (const { id, when, mapping } of steps) {
      if (when !== undefined && when.evaluate(expressionScope(record)) !== true) continue;
      const [next] = await mapping.run(record, { ruleId: id, record: 1 }, {});
      if (next !== undefined) record = next;
    }
    return Buffer.from(objectText(record));
  }
}

function onlyRecord(bytes: Uint8Array): DataRecord {
  const found = [...forms.get('json')!.read(bytes, undefined)];
  const [record] = found;
  if (record instanceof BadRecord) throw record.error;
  if (record === undefined || found.length > 1)
    throw new HeadraceError('HR_TRANSFORM', `${found.length} records where transform takes one JSON object`);
  return record;
}
