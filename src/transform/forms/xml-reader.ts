import { SaxesParser, type SaxesAttributeNS, type SaxesTagNS } from 'saxes';

import type { DataRecord } from '../../model/index.js';
import { BadRecord, type FormSchema } from '../form.js';
import { readError } from './form-error.js';
import { FORM_DEPTH_MAX, RECORD_SIZE_MAX } from './form-text.js';
import { isComplex, nodeRecord, type XmlNode } from './xml-node.js';
import { xmlShape, type XmlShape } from './xml-shape.js';
import { XSI, xmlWords, type XmlWords } from './xml-names.js';

/** The text of an element, and the value of an attribute, are at most so long. */
export const XML_VALUE_MAX = 1 << 20;
const ATTRIBUTES_MAX = 256;
/** What is written to the parser at once: the bounds are looked at between. */
const SLICE_SIZE = 1 << 15;
const XMLNS = 'http://www.w3.org/2000/xmlns/';
/** Names that say that what is in an element are records, where there is but one. */
const CONTAINER = /^(?:\w*(?:[^su]s|list|set|array)|root|data|document|batch|file)$/i;

/** What the element around all others is: still open, a record, or the list of the records. */
type RootMode = 'open' | 'record' | 'list';

interface OpenElement {
  readonly node: XmlNode;
  readonly isRecord: boolean;
}

/**
 * Reads the records of a document that comes in pieces; one record is held at most. A document has no DOCTYPE: there are no entities but the five of
 * XML. Throws readError, with the line, where it is not well-formed.
 */
export class XmlReader {
  private readonly parser = new SaxesParser<{ xmlns: true }>({ xmlns: true });
  private readonly words: XmlWords;
  private readonly shape: XmlShape;
  private readonly stack: OpenElement[] = [];
  private readonly done: (DataRecord | BadRecord)[] = [];
  private mode: RootMode;
  /** The name of the elements that are records, where the root is their list. */
  private listed: string | undefined;
  private isInRecord = false;
  private records = 0;
  private attributes = 0;
  private written = 0;
  private lastRecordAt = 0;

  constructor(schema: FormSchema | undefined) {
    this.words = xmlWords(schema);
    this.shape = xmlShape(schema);
    const isList =
      this.words.hasRoot || (typeof schema?.jsonSchema === 'object' && schema.jsonSchema['type'] === 'array');
    this.mode = isList ? 'list' : 'open';
    const { parser } = this;
    parser.on('error', error => this.refuse(`it is not well-formed: ${error.message.replace(/^\d+:\d+: /, '')}`));
    parser.on('doctype', () => this.refuse('a DOCTYPE is not read: it may define entities'));
    parser.on('xmldecl', ({ encoding }) => this.checkEncoding(encoding));
    parser.on('opentagstart', () => (this.attributes = 0));
    parser.on('attribute', ({ value }) => this.checkAttribute(value));
    parser.on('opentag', tag => this.open(tag));
    parser.on('closetag', () => this.close());
    parser.on('text', text => this.text(text));
    parser.on('cdata', text => this.text(text));
  }

  *take(text: string): Generator<DataRecord | BadRecord> {
    for (let from = 0; from < text.length; from += SLICE_SIZE) yield* this.advance(text.slice(from, from + SLICE_SIZE));
  }

  *end(): Generator<DataRecord | BadRecord> {
    yield* this.flush(() => this.parser.close());
  }

  private *advance(slice: string): Generator<DataRecord | BadRecord> {
    yield* this.flush(() => {
      this.parser.write(slice);
      this.written += slice.length;
      if (this.written - this.lastRecordAt > RECORD_SIZE_MAX)
        this.refuse(`it is longer than ${RECORD_SIZE_MAX} characters`);
    });
  }

  /** What stands before an error is read all the same. */
  private *flush(parse: () => void): Generator<DataRecord | BadRecord> {
    let failure: unknown;
    try {
      parse();
    } catch (error) {
      failure = error;
    }
    yield* this.done.splice(0);
    if (failure !== undefined) throw failure as Error;
  }

  private get place(): { form: string; record: number; line: number } {
    return { form: 'xml', record: this.records + 1, line: this.parser.line };
  }

  private refuse(message: string): never {
    throw readError(this.place, message);
  }

  private checkEncoding(encoding: string | undefined): void {
    if (encoding !== undefined && !/^(?:utf-?8|us-ascii)$/i.test(encoding))
      this.refuse(`the encoding ${encoding} is not read; expected UTF-8`);
  }

  private checkAttribute(value: string): void {
    if (++this.attributes > ATTRIBUTES_MAX) this.refuse(`an element has more than ${ATTRIBUTES_MAX} attributes`);
    if (value.length > XML_VALUE_MAX)
      this.refuse(`the value of an attribute is longer than ${XML_VALUE_MAX} characters`);
  }

  private nameOf(uri: string, local: string): string {
    const { namespaces } = this.words;
    if (uri === '' || namespaces === undefined) return local;
    for (const [prefix, known] of namespaces) if (known === uri) return prefix === '' ? local : `${prefix}:${local}`;
    return this.refuse(`${local} is of the namespace ${uri}, which namespaces does not name`);
  }

  private open(tag: SaxesTagNS): void {
    const { stack, words } = this;
    if (stack.length >= FORM_DEPTH_MAX) this.refuse(`elements lie deeper than ${FORM_DEPTH_MAX}`);
    const node: XmlNode = {
      name: this.nameOf(tag.uri, tag.local),
      attributes: new Map(),
      children: [],
      text: '',
      isNil: false,
    };
    for (const attribute of Object.values(tag.attributes)) this.attribute(node, attribute);
    const isRecord = !this.isInRecord && node.name === words.recordElement;
    if (isRecord) this.isInRecord = true;
    stack.push({ node, isRecord });
  }

  private attribute(node: XmlNode, { uri, local, value }: SaxesAttributeNS): void {
    if (uri === XMLNS) return;
    if (uri === XSI) node.isNil ||= local === 'nil' && /^(?:true|1)$/.test(value);
    else node.attributes.set(this.nameOf(uri, local), value);
  }

  private text(text: string): void {
    const node = this.stack.at(-1)?.node;
    if (node === undefined) return;
    node.text += text;
    if (node.text.length > XML_VALUE_MAX)
      this.refuse(`the text of ${node.name} is longer than ${XML_VALUE_MAX} characters`);
  }

  private close(): void {
    const { node, isRecord } = this.stack.pop()!;
    const parent = this.stack.at(-1)?.node;
    if (this.words.recordElement !== undefined) {
      if (isRecord) this.finish(node);
      else if (this.isInRecord) parent!.children.push(node);
    } else if (parent === undefined) this.closeRoot(node);
    else {
      parent.children.push(node);
      if (this.stack.length === 1) this.closeChild(parent);
    }
  }

  /** A child of the root has ended: with the second it shows whether the root is a record or the list of them. */
  private closeChild(root: XmlNode): void {
    const { children } = root;
    if (this.mode === 'open' && children.length === 2) this.mode = isList(root) ? 'list' : 'record';
    if (this.mode !== 'list') return;
    const name = root.children[0]!.name;
    for (const child of children.splice(0)) {
      this.listed ??= name;
      if (!this.words.hasRoot && child.name !== this.listed)
        this.refuse(`${root.name} holds ${this.listed} and ${child.name}; name the element of a record: recordElement`);
      this.finish(child);
    }
  }

  private closeRoot(root: XmlNode): void {
    const [only] = root.children;
    if (this.mode === 'list') return;
    if (this.mode === 'open' && only !== undefined && isList(root) && CONTAINER.test(root.name)) this.finish(only);
    else this.finish(root);
  }

  private finish(node: XmlNode): void {
    const { place } = this;
    this.isInRecord = false;
    this.records++;
    this.lastRecordAt = this.written;
    try {
      this.done.push(nodeRecord(node, this.shape, place));
    } catch (error) {
      this.done.push(new BadRecord(error as Error, node));
    }
  }
}

/** Whether an element holds nothing but elements of one name that have elements or attributes. */
function isList({ children, attributes, text }: XmlNode): boolean {
  const isAlike = children.every(child => child.name === children[0]!.name && isComplex(child));
  return isAlike && attributes.size === 0 && text.trim() === '';
}
