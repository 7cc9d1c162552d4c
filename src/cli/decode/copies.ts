import type { CopyText, ReadCopy, RecordFileOptions } from '../../codec/index.js';

/** Options of a file of records that can go to another thread: what COPY names is text in them. */
export interface PortableOptions {
  readonly options: RecordFileOptions;
  readonly copies: ReadonlyMap<string, CopyText | undefined>;
}

const keyOf = (name: string, library: string | undefined): string => JSON.stringify([name, library]);

/** Options whose copied files are read once: `portable` has all that were asked for since. */
export class CopiedOptions {
  readonly options: RecordFileOptions;
  private readonly copies = new Map<string, CopyText | undefined>();

  constructor(options: RecordFileOptions) {
    const { readCopy } = options.copybook;
    if (readCopy === undefined) this.options = options;
    else this.options = { ...options, copybook: { ...options.copybook, readCopy: this.remember(readCopy) } };
  }

  /** What another thread needs, once the file was opened here. */
  get portable(): PortableOptions {
    const { readCopy: _, ...copybook } = this.options.copybook;
    return { options: { ...this.options, copybook }, copies: this.copies };
  }

  /** The files that COPY opened so far. */
  get files(): readonly string[] {
    return [...this.copies.values()].flatMap(copy => (copy === undefined ? [] : [copy.file]));
  }

  private remember(readCopy: ReadCopy): ReadCopy {
    return (name, library) => {
      const key = keyOf(name, library);
      if (!this.copies.has(key)) this.copies.set(key, readCopy(name, library));
      return this.copies.get(key);
    };
  }
}

/** The options as they were, on the other side. */
export function unpack({ options, copies }: PortableOptions): RecordFileOptions {
  const readCopy: ReadCopy = (name, library) => copies.get(keyOf(name, library));
  return { ...options, copybook: { ...options.copybook, readCopy } };
}
