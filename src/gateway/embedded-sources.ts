import { ConfigError } from '../model/index.js';
import type { Log } from '../observe/index.js';
import { atMost, stopAll } from './stop.js';

const CLOSE_GRACE_MS = 1_000;

/** Makes records of the bytes a source brings; each becomes one frame of topic `application`. What it throws is the reason of a dead letter. */
export interface EmbeddedCodec {
  /** The records of one push, each at once a frame's payload. */
  decode(bytes: Uint8Array): Iterable<Uint8Array>;
}

/**
 * What a source is given: resolves with the positions of the records once they are durable; a bad chunk is a dead letter and gives none. Rejects with
 * `HR_COMMAND_REFUSED` while the journal has no room: the chunk is to be pushed again, and the records before the refused one come twice.
 */
export type Push = (bytes: Uint8Array) => Promise<readonly number[]>;

/** An embedder's own source of data: opened when the gateway is ready, closed before anything else. It passes no gate and reaches no venue. */
export interface EmbeddedSource {
  /** Name of the codec for its bytes; without one each push is one record. */
  readonly codec?: string;
  /** Begins to bring data: each `push` is one chunk. */
  open(push: Push): Promise<OpenSource> | OpenSource;
}

/** A source that was opened. */
export interface OpenSource {
  /** Ends it; `push` must not be called after. */
  close(): Promise<void> | void;
}

/** An embedder's own sources, and the codecs they name. */
export interface EmbeddedInputs {
  readonly sources?: Readonly<Record<string, EmbeddedSource>>;
  readonly codecs?: Readonly<Record<string, EmbeddedCodec>>;
}

/** Writes to the ledger: one record, or a dead letter; resolves with its position once it is durable. */
export interface LedgerInput {
  record(data: Uint8Array): Promise<number>;
  deadLetter(data: Uint8Array, reason: string): Promise<number>;
  /** The record after the configuration's `transform`; throws for one that it refuses. */
  transform(source: string, data: Uint8Array): Promise<Uint8Array>;
  /** Told of a record that `transform` refused once its dead letter is written. */
  deadLettered(source: string): void;
}

/** The open sources of one gateway. */
export class EmbeddedSources {
  readonly #inputs: EmbeddedInputs;
  readonly #ledger: LedgerInput;
  readonly #log: Log;
  readonly #open: OpenSource[] = [];
  #isClosed = false;

  /** Throws ConfigError when a source names a codec that is not there. */
  constructor(inputs: EmbeddedInputs, ledger: LedgerInput, log: Log) {
    this.#inputs = inputs;
    this.#ledger = ledger;
    this.#log = log;
    for (const [name, { codec }] of Object.entries(inputs.sources ?? {})) {
      if (codec !== undefined && inputs.codecs?.[codec] === undefined) {
        throw new ConfigError('HR_SOURCE_CODEC', `source ${name} names codec ${codec}, which is not among codecs`);
      }
    }
  }

  async open(): Promise<void> {
    for (const [name, source] of Object.entries(this.#inputs.sources ?? {})) {
      if (this.#isClosed) return;
      const opened = await source.open(bytes => this.#push(name, source, bytes));
      if (this.#isClosed) await opened.close();
      else this.#open.push(opened);
    }
  }

  async #push(name: string, source: EmbeddedSource, bytes: Uint8Array): Promise<readonly number[]> {
    const codec = source.codec === undefined ? undefined : this.#inputs.codecs?.[source.codec];
    let records: readonly Uint8Array[];
    try {
      records = codec === undefined ? [bytes] : [...codec.decode(bytes)];
    } catch (error) {
      const position = await this.#ledger.deadLetter(bytes, `source ${name}: ${(error as Error).message}`);
      this.#log.warn({ source: name, position }, 'a chunk of a source is a dead letter');
      return [];
    }
    const written: Promise<number>[] = [];
    // One after the other to the ledger, whose order is the source's; their commits are awaited together.
    for (const record of records) {
      const transformed = await this.#transformed(name, record);
      if (transformed !== undefined) written.push(this.#ledger.record(transformed));
    }
    return Promise.all(written);
  }

  /** The record after `transform`; one that is refused is a dead letter of its own. */
  async #transformed(name: string, record: Uint8Array): Promise<Uint8Array | undefined> {
    try {
      return await this.#ledger.transform(name, record);
    } catch (error) {
      const position = await this.#ledger.deadLetter(record, `source ${name}: ${(error as Error).message}`);
      this.#ledger.deadLettered(name);
      this.#log.warn({ source: name, position }, 'a record that transform refuses is a dead letter');
      return undefined;
    }
  }

  /** Closes each, waiting for at most `drainMs` and a grace; throws the first error when all were told. */
  async close(drainMs: number): Promise<void> {
    this.#isClosed = true;
    const steps = this.#open.splice(0).map(source => () => source.close());
    await atMost(stopAll([steps]), drainMs + CLOSE_GRACE_MS);
  }
}
