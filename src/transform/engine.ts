import { CapacityError, ConfigError, type DataRecord } from '../model/index.js';
import { referenceSet, RunTrailer, type CheckRun } from './check-kinds.js';
import { compileErrorHandling, type ErrorHandling, type ErrorPolicy } from './error-handling.js';
import { BadRecord, type DataForm, type FormSchema } from './form.js';
import { forms as builtInForms } from './forms/index.js';
import { carriedData, formData, isBytes, isList, objectRecord, objectRecords, sizeOf } from './input.js';
import { renderedOf } from './mapping.js';
import { problemOf } from './problem.js';
import type { TransformationResult } from './result.js';
import { findChain, tryFindChain } from './rule-graph.js';
import { RunFailed, TransformationRun, type RunEnds } from './run.js';
import { formatName, formatOfSchema, schemaLabels, type SchemaInput } from './schema.js';
import { SchemaRegistry } from './schema-registry.js';
import { typedRecord } from './text-values.js';
import { compileRule, type CompiledRule, type TransformationRule } from './transformation-rule.js';
import { checkSchemaWords, refuseUnknownWords } from './words.js';

const RULES_MAX = 10_000;

/** How an engine works where a call does not say. */
export interface TransformationEngineOptions {
  /** Numbers of objects that come out, beside whole ones of at most 15 digits: as text with every digit (`exact`, the default), or as JavaScript's. */
  readonly numbers?: 'exact' | 'number';
  /** Forms beside the built-in ones, by their names. */
  readonly forms?: readonly DataForm[];
  /** The clock of freshness checks, in milliseconds since 1970. */
  readonly now?: () => number;
}

/** What one call may say beside data and formats. */
export interface TransformOptions {
  readonly sourceSchema?: SchemaInput;
  readonly targetSchema?: SchemaInput;
  /** Runs this rule, whichever formats it names. */
  readonly ruleId?: string;
  readonly numbers?: 'exact' | 'number';
  /** JSON as `objects` (the default) or as `text`, whose numbers are literals with every digit. */
  readonly output?: 'objects' | 'text';
  /** What becomes of records that no rule is to blame for: unreadable ones, and those the target cannot hold. Default: the first rule's. */
  readonly errorHandling?: ErrorHandling;
  /** The trailer that totals are compared with; left out, the one record of the source that has all the fields they name. */
  readonly trailer?: DataRecord;
}

/** A stream's records or bytes as they come out; `result` is there when the iteration has ended. */
export interface TransformationStream extends AsyncIterable<unknown> {
  readonly result: Promise<TransformationResult>;
}

interface Route {
  readonly from: string;
  readonly to: string;
  readonly chain: readonly CompiledRule[];
  readonly reader: DataForm | undefined;
  readonly writer: DataForm | undefined;
  readonly sourceSchema: FormSchema | undefined;
  readonly targetSchema: FormSchema | undefined;
}

/** Forms whose records have lengths and pictures: a value may not fit. */
const STRICT_FORMS = ['cobol_copybook', 'fixed_width'];
const TEXT_FORMS = ['csv', 'xml', 'fixed_width'];
const ENGINE_WORDS = ['numbers', 'forms', 'now'];
const CALL_WORDS = ['sourceSchema', 'targetSchema', 'ruleId', 'numbers', 'output', 'errorHandling', 'trailer'];

/**
 * Turns records of one format into another: by rules that are registered, by chains of them, or form to form. Numbers keep every digit. Calls may run at
 * the same time; a result tells what is wrong, so that `transformData` throws for nothing in the data.
 */
export class DataTransformationEngine {
  readonly #options: TransformationEngineOptions;
  readonly #forms: ReadonlyMap<string, DataForm>;
  readonly #schemas = new SchemaRegistry();
  readonly #rules = new Map<string, CompiledRule>();
  readonly #references = new Map<string, ReadonlySet<string>>();

  /** Throws ConfigError `HR_OPTION` for an option there is not. */
  constructor(options: TransformationEngineOptions = {}) {
    refuseUnknownWords('DataTransformationEngine', options, ENGINE_WORDS, 'HR_OPTION');
    this.#options = options;
    this.#forms = new Map([...builtInForms, ...(options.forms ?? []).map(form => [form.name, form] as const)]);
  }

  /** Keeps a schema under a name and version, for rules and calls to name: `orders` is the newest, `orders@1` that version. */
  registerSchema(name: string, version: string | number, schema: SchemaInput): this {
    this.#checked(this.#schemas.register(name, version, schema));
    return this;
  }

  /** Keeps values that `referential` checks look among: a list, a Set, or the keys of a Map. */
  registerReference(name: string, values: Iterable<unknown>): this {
    this.#references.set(name, referenceSet(values instanceof Map ? values : [...values]));
    return this;
  }

  /** Keeps a rule; one of the same name takes the place of the former. Throws ConfigError for whatever in it cannot be used. */
  registerTransformationRule(ruleId: string, rule: TransformationRule): this {
    if (!this.#rules.has(ruleId) && this.#rules.size >= RULES_MAX)
      throw new CapacityError('HR_CAPACITY', `an engine keeps at most ${RULES_MAX} rules`);
    this.#rules.set(
      ruleId,
      compileRule(ruleId, rule, schema => this.#checked(this.#schemas.resolve(schema))),
    );
    return this;
  }

  /**
   * Transforms one document: text, bytes, an object, or a list of objects. One record in is one object out where the target is objects; CSV and lists
   * give lists. Never rejects for what is in the data: see `status` and `errors`.
   */
  async transformData(
    data: unknown,
    sourceFormat: string,
    targetFormat: string,
    options: TransformOptions = {},
  ): Promise<TransformationResult> {
    return this.#transform([data], [sourceFormat, targetFormat], options, false);
  }

  /** As `transformData` of each, with one answer for all: one list, one CSV, one run of records; checks see them as one. */
  async transformBatch(
    batch: Iterable<unknown> | string | Uint8Array,
    sourceFormat: string,
    targetFormat: string,
    options: TransformOptions = {},
  ): Promise<TransformationResult> {
    const documents =
      typeof batch === 'string' || isBytes(batch) || !(Symbol.iterator in Object(batch))
        ? [batch]
        : [...(batch as Iterable<unknown>)];
    return this.#transform(documents, [sourceFormat, targetFormat], options, true);
  }

  async #transform(
    documents: readonly unknown[],
    [from, to]: readonly [string, string],
    options: TransformOptions,
    asList: boolean,
  ): Promise<TransformationResult> {
    let run = this.#run(undefined, options);
    try {
      const carried = documents.map(carriedData);
      const route = this.#route(from, to, options, carried[0]?.schema);
      run = this.#run(route, options);
      for (const { data } of carried) run.bytesIn += sizeOf(data);
      const records: DataRecord[] = [];
      for await (const record of run.records(
        this.#read(
          carried.map(({ data }) => data),
          route,
        ),
      ))
        records.push(record);
      const isOne = !asList && records.length === 1 && run.recordsIn === 1 && !isList(carried[0]?.data, route.from);
      const written = this.#write(records, route, isOne);
      run.bytesOut = sizeOf(written);
      return run.finish(written);
    } catch (error) {
      if (!(error instanceof RunFailed)) run.fail(problemOf(error));
      return run.finish(null);
    }
  }

  /**
   * Transforms a stream of bytes or of objects. What comes out is asked for record by record, so that nothing piles up: bytes of the target's form, or
   * objects where the source is objects or `output` says so. Where the policy fails the run, the iteration throws.
   */
  transformStream(
    input: AsyncIterable<unknown> | Iterable<unknown>,
    sourceFormat: string,
    targetFormat: string,
    options: TransformOptions = {},
  ): TransformationStream {
    const route = this.#route(sourceFormat, targetFormat, options, undefined);
    const run = this.#run(route, options);
    const { promise, resolve } = deferred<TransformationResult>();
    const stream = this.#stream(run, route, input, options);
    async function* told(): AsyncGenerator<unknown> {
      try {
        yield* stream;
      } catch (error) {
        if (!(error instanceof RunFailed)) run.fail(problemOf(error));
        throw error;
      } finally {
        resolve(run.finish(null));
      }
    }
    return { [Symbol.asyncIterator]: told, result: promise };
  }

  async *#stream(
    run: TransformationRun,
    route: Route,
    input: AsyncIterable<unknown> | Iterable<unknown>,
    options: TransformOptions,
  ): AsyncGenerator<unknown> {
    const peeked = await peek(input);
    const isText = typeof peeked.first === 'string' || isBytes(peeked.first);
    const records =
      isText && route.reader !== undefined
        ? route.reader.readStream(counted(peeked.rest, run), route.sourceSchema)
        : objects(peeked.rest);
    const out = run.records(typed(records, route));
    const { writer } = route;
    if (
      writer === undefined ||
      (route.to === 'json' && (options.output ?? (isText ? 'text' : 'objects')) === 'objects')
    ) {
      for await (const record of out) yield this.#write([record], route, true);
      return;
    }
    for await (const bytes of writer.writeStream(out, route.targetSchema)) {
      run.bytesOut += bytes.length;
      yield bytes;
    }
  }

  /** A run over a route; over none it only tells what is wrong. */
  #run(route: Route | undefined, options: TransformOptions): TransformationRun {
    const checkRun: CheckRun = {
      nowMs: (this.#options.now ?? Date.now)(),
      references: this.#references,
      trailer: new RunTrailer(options.trailer),
    };
    if (route === undefined) return new TransformationRun([], compileErrorHandling('fail', ''), checkRun, NO_ENDS);
    const policy = this.#policy(route, options);
    return new TransformationRun(route.chain, policy, checkRun, endsOf(route, policy));
  }

  #policy({ chain }: Route, { errorHandling }: TransformOptions): ErrorPolicy {
    return errorHandling === undefined && chain[0] !== undefined
      ? chain[0].policy
      : compileErrorHandling(errorHandling, 'errorHandling');
  }

  #route(
    sourceFormat: string,
    targetFormat: string,
    options: TransformOptions,
    carried: FormSchema | undefined,
  ): Route {
    refuseUnknownWords('a call', options, CALL_WORDS, 'HR_OPTION');
    const [from, to] = [formatName(sourceFormat), formatName(targetFormat)];
    const chain = this.#chain(from, to, options.ruleId);
    const source = this.#schemaOf(options.sourceSchema) ?? (carried && this.#checked(carried));
    const reader = this.#formOf(from);
    const writer = this.#formOf(to);
    return {
      from,
      to,
      chain,
      reader,
      writer,
      sourceSchema: source ?? this.#schemaFor(from, reader, chain[0]?.source),
      targetSchema: this.#outputSchema(
        this.#schemaOf(options.targetSchema) ?? this.#schemaFor(to, writer, chain.at(-1)?.target),
        to,
        options,
      ),
    };
  }

  /** A schema whose words are all those of a form. */
  #checked(schema: FormSchema): FormSchema {
    checkSchemaWords(schema, this.#forms.get(formatOfSchema(schema)), this.#forms.values());
    return schema;
  }

  #schemaOf(input: SchemaInput | undefined): FormSchema | undefined {
    if (input === undefined) return undefined;
    const schema = this.#checked(this.#schemas.resolve(input));
    // A name alone is a registered schema's, or a form's.
    if (typeof input === 'string' && schema.format === input && schema.name === undefined && !this.#forms.has(input))
      throw new ConfigError(
        'HR_SCHEMA',
        `no schema ${input} is registered: ${this.#schemas.names.join(', ') || 'none is'}`,
      );
    return schema;
  }

  #chain(from: string, to: string, ruleId: string | undefined): readonly CompiledRule[] {
    if (ruleId === undefined) return this.#found(from, to);
    const rule = this.#rules.get(ruleId);
    if (rule === undefined)
      throw new ConfigError('HR_RULE', `no rule is named ${ruleId}: ${[...this.#rules.keys()].join(', ')}`);
    return [rule];
  }

  /** The chain from one name to the other; a registered schema's name stands for its form where no rule has it. */
  #found(from: string, to: string): readonly CompiledRule[] {
    const rules = [...this.#rules.values()];
    const forms = (name: string): readonly string[] => [...new Set([name, this.#formOf(name)?.name ?? name])];
    const ways = forms(from).flatMap(start => forms(to).map(end => [start, end] as const));
    for (const [start, end] of ways) {
      const chain = tryFindChain(rules, start, end);
      if (chain !== undefined) return chain as readonly CompiledRule[];
    }
    return findChain(rules, from, to) as readonly CompiledRule[];
  }

  /** The form of a format, or of the registered schema of that name. */
  #formOf(name: string): DataForm | undefined {
    const known = this.#forms.get(name);
    const schema = known === undefined ? this.#schemas.find(reference(name)) : undefined;
    return schema === undefined ? known : this.#forms.get(formatOfSchema(schema));
  }

  /** The schema for a form: the rule's where it is about it, else the registered one of that name, else the only one there is of that format. */
  #schemaFor(name: string, form: DataForm | undefined, ofRule: FormSchema | undefined): FormSchema | undefined {
    if (ofRule !== undefined && (schemaLabels(ofRule).length === 0 || schemaLabels(ofRule).includes(name)))
      return ofRule;
    const registered = this.#schemas.find(reference(name));
    if (registered !== undefined || form === undefined) return registered;
    const ofRules = [...this.#rules.values()].flatMap(({ source, target }) => [source, target]);
    const known = [...this.#schemas.ofFormat(name), ...ofRules].filter(
      (schema): schema is FormSchema => schema !== undefined && schemaLabels(schema).includes(name),
    );
    const different = [...new Map(known.map(schema => [schema.copybook ?? schema, schema])).values()];
    if (different.length > 1 && STRICT_FORMS.includes(form.name))
      throw new ConfigError(
        'HR_SCHEMA',
        `${name} has ${different.length} schemas (${different.map(schema => schema.name ?? 'a rule’s').join(', ')}): name one in sourceSchema or targetSchema`,
      );
    return different.length === 1 ? different[0] : undefined;
  }

  /** JSON goes out as the call or the engine says. */
  #outputSchema(
    schema: FormSchema | undefined,
    to: string,
    { output, numbers }: TransformOptions,
  ): FormSchema | undefined {
    if (to !== 'json') return schema;
    const words = {
      ...(output === undefined ? {} : { output }),
      ...(output === 'text' ? {} : { numbers: numbers ?? this.#options.numbers ?? 'exact' }),
    };
    return { ...schema, options: { ...schema?.options, ...words } };
  }

  *#read(documents: readonly unknown[], route: Route): Generator<DataRecord | BadRecord> {
    for (const data of documents) {
      const { reader, sourceSchema } = route;
      yield* typedAll(
        reader === undefined ? objectRecords(data) : reader.read(formData(data, route.from), sourceSchema),
        route,
      );
    }
  }

  #write(records: readonly DataRecord[], { writer, targetSchema }: Route, isOne: boolean): unknown {
    const rendered = records.map(renderedOf);
    if (rendered.some(value => value !== undefined)) return isOne ? rendered[0] : rendered;
    const objectForm = writer ?? this.#forms.get('json')!;
    const schema = writer === undefined ? this.#outputSchema(undefined, 'json', {}) : targetSchema;
    const written = objectForm.write(records, schema);
    return isOne && Array.isArray(written) ? (written[0] as unknown) : written;
  }
}

/** Text of the forms that have nothing else gets the types its JSON Schema tells. */
function typedOne(found: DataRecord | BadRecord, { reader, sourceSchema, chain }: Route): DataRecord | BadRecord {
  if (found instanceof BadRecord || reader === undefined || !TEXT_FORMS.includes(reader.name)) return found;
  const targetSchema = chain.length === 0 ? undefined : chain[0]?.source?.jsonSchema;
  return typedRecord(found, sourceSchema?.jsonSchema ?? targetSchema);
}

function* typedAll(records: Iterable<DataRecord | BadRecord>, route: Route): Generator<DataRecord | BadRecord> {
  for (const record of records) yield typedOne(record, route);
}

async function* typed(
  records: AsyncIterable<DataRecord | BadRecord>,
  route: Route,
): AsyncGenerator<DataRecord | BadRecord> {
  for await (const record of records) yield typedOne(record, route);
}

const NO_ENDS: RunEnds = { source: undefined, target: undefined, fits: undefined };

/** What schemas ask that are no rule's: a rule's own it asks itself. */
function endsOf(route: Route, { action }: ErrorPolicy): RunEnds {
  const { chain, sourceSchema, targetSchema } = route;
  const [source, target] = [sourceSchema?.jsonSchema, targetSchema?.jsonSchema];
  return {
    source: source === chain[0]?.source?.jsonSchema ? undefined : source,
    target: target === chain.at(-1)?.target?.jsonSchema ? undefined : target,
    fits: action === 'fail' ? undefined : fitsOf(route),
  };
}

/** Throws for a record that the target's form cannot hold; only forms with lengths, or fields of a type, are asked. */
function fitsOf({ writer, targetSchema }: Route): ((record: DataRecord) => void) | undefined {
  if (writer === undefined || (!STRICT_FORMS.includes(writer.name) && targetSchema?.fields === undefined))
    return undefined;
  return record => void writer.write([record], targetSchema);
}

function reference(name: string): { name: string; version?: string } {
  const [, plain = name, version] = /^(.*)@([^@]+)$/.exec(name) ?? [];
  return { name: plain, ...(version === undefined ? {} : { version }) };
}

async function* objects(input: AsyncIterable<unknown>): AsyncGenerator<DataRecord | BadRecord> {
  for await (const found of input) yield objectRecord(found);
}

async function* counted(input: AsyncIterable<unknown>, run: TransformationRun): AsyncGenerator<Uint8Array> {
  for await (const chunk of input) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array);
    run.bytesIn += bytes.length;
    yield bytes;
  }
}

/** The first element, and all of them again: it tells whether bytes or objects come. */
async function peek(
  input: AsyncIterable<unknown> | Iterable<unknown>,
): Promise<{ first: unknown; rest: AsyncIterable<unknown> }> {
  const iterator = iterate(input);
  const { value: first, done } = await iterator.next();
  async function* rest(): AsyncGenerator<unknown> {
    if (done === true) return;
    yield first;
    yield* iterator;
  }
  return { first, rest: rest() };
}

async function* iterate(input: AsyncIterable<unknown> | Iterable<unknown>): AsyncGenerator<unknown> {
  yield* input;
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>(settle => (resolve = settle));
  return { promise, resolve };
}
