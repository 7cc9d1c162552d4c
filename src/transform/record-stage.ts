import { objectText } from '../codec/index.js';
import { Expression, expressionScope } from '../expression/index.js';
import { ConfigError, HeadraceError, type DataRecord } from '../model/index.js';
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

/** What a stage did with the records of one source since it was made. in = out + all that is refused. */
export interface StageCounts {
  readonly source: string;
  readonly in: number;
  readonly out: number;
  /** Records refused, by the step: `transform[0]`, or `record` for what is no JSON object. */
  readonly refused: Readonly<Record<string, number>>;
  /** Of these, those written as dead letters. */
  readonly deadLettered: number;
  readonly seconds: number;
}

interface SourceCounts {
  in: number;
  out: number;
  readonly refused: Map<string, number>;
  deadLettered: number;
  seconds: number;
}

const NO_RECORD = 'record';
const MS_A_SECOND = 1_000;

/** Transforms JSON records, one after the other, by the steps of a configuration. */
export class RecordStage {
  readonly #steps: readonly StageStep[];
  readonly #counts: ReadonlyMap<string, SourceCounts>;

  /** `sources` are all whose records may come. Throws ConfigError for what is no expression, and for a step of a source that is none of them. */
  constructor(rules: readonly StageRule[], sources: readonly string[]) {
    rules.forEach(({ source }, index) => {
      if (source !== undefined && !sources.includes(source))
        throw new ConfigError(
          'HR_SOURCE',
          `transform[${index}].source names ${source}, which brings no records here: ${sources.join(', ')}`,
        );
    });
    const reached = sources.filter(name => rules.some(({ source }) => source === undefined || source === name));
    this.#counts = new Map(
      reached.map(name => [name, { in: 0, out: 0, refused: new Map(), deadLettered: 0, seconds: 0 }]),
    );
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
    const counts = this.#counts.get(source);
    if (counts === undefined) return bytes;
    const started = performance.now();
    let place = NO_RECORD;
    counts.in++;
    try {
      let record = onlyRecord(bytes);
      for (const step of this.#steps) {
        if (step.source !== undefined && step.source !== source) continue;
        place = step.id;
        record = await stepped(step, record);
      }
      const made = Buffer.from(objectText(record));
      counts.out++;
      return made;
    } catch (error) {
      counts.refused.set(place, (counts.refused.get(place) ?? 0) + 1);
      throw error;
    } finally {
      counts.seconds += (performance.now() - started) / MS_A_SECOND;
    }
  }

  /** A record that was refused is in the journal as a dead letter. */
  deadLettered(source: string): void {
    const counts = this.#counts.get(source);
    if (counts !== undefined) counts.deadLettered++;
  }

  /** Of each source that a step is about. */
  get counts(): readonly StageCounts[] {
    return [...this.#counts].map(([source, { refused, ...counts }]) => ({
      source,
      ...counts,
      refused: Object.fromEntries(refused),
    }));
  }
}

async function stepped({ id, when, mapping }: StageStep, record: DataRecord): Promise<DataRecord> {
  if (when !== undefined && when.evaluate(expressionScope(record)) !== true) return record;
  const {
    records: [next],
  } = await mapping.run(record, { ruleId: id, record: 1 }, {});
  return next ?? record;
}

function onlyRecord(bytes: Uint8Array): DataRecord {
  const found = [...forms.get('json')!.read(bytes, undefined)];
  const [record] = found;
  if (record instanceof BadRecord) throw record.error;
  if (record === undefined || found.length > 1)
    throw new HeadraceError('HR_TRANSFORM', `${found.length} records where transform takes one JSON object`);
  return record;
}
