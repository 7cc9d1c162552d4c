import { ConfigError } from '../../model/index.js';
import type { FormSchema } from '../form.js';

/** How a schema's words name the parts of a document. */
export interface XmlWords {
  /** The element around the records. */
  readonly root: string;
  readonly hasRoot: boolean;
  /** The element that each record is; undefined where the document must show it. */
  readonly recordElement: string | undefined;
  /** Prefixes that names are written with, and what they stand for; undefined takes local names. */
  readonly namespaces: ReadonlyMap<string, string> | undefined;
  readonly indent: boolean;
}

export const XSI = 'http://www.w3.org/2001/XMLSchema-instance';

/** Names in XML, with at most one prefix. */
const NAME = /^(?:[\p{L}_][\p{L}\p{N}\p{M}_.·-]*:)?[\p{L}_][\p{L}\p{N}\p{M}_.·-]*$/u;

export function isXmlName(name: string): boolean {
  return NAME.test(name);
}

/** Reads the words `root`, `recordElement`, `namespaces` and `indent`. Throws ConfigError `HR_SCHEMA`. */
export function xmlWords(schema: FormSchema | undefined): XmlWords {
  const options = schema?.options ?? {};
  const root = options['root'] ?? options['rootElement'];
  const recordElement = options['recordElement'] ?? options['record'];
  const { namespaces, indent = true } = options;
  for (const [word, name] of Object.entries({ root, recordElement }))
    if (name !== undefined && (typeof name !== 'string' || !isXmlName(name)))
      throw new ConfigError('HR_SCHEMA', `xml: ${word} is the name of an element, not ${JSON.stringify(name)}`);
  if (namespaces !== undefined && (typeof namespaces !== 'object' || namespaces === null))
    throw new ConfigError('HR_SCHEMA', 'xml: namespaces is { prefix: address }; the prefix "" is of names without one');
  return {
    root: (root as string | undefined) ?? 'records',
    hasRoot: root !== undefined,
    recordElement: recordElement as string | undefined,
    namespaces: namespaces === undefined ? undefined : new Map(Object.entries(namespaces as Record<string, string>)),
    indent: indent !== false,
  };
}
