import { XMLBuilder } from 'fast-xml-parser';

import { Decimal, type DataRecord, type DataValue } from '../../model/index.js';
import type { FormSchema } from '../form.js';
import { CellProblem, writeCell } from './cell.js';
import { writeError, type FormPlace } from './form-error.js';
import { FORM_DEPTH_MAX } from './form-text.js';
import { isXmlName, xmlWords, type XmlWords } from './xml-names.js';
import { UNKNOWN, xmlShape, type XmlShape } from './xml-shape.js';

/** XML 1.0, production 2: what no document can hold. */
const NOT_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
};

/** An object for the builder: text is escaped, attributes begin with @. */
interface Built {
  [name: string]: string | Built | (string | Built)[];
}

/** Writes records as elements of one document. Throws writeError for names and characters that XML has not. */
export class XmlWriter {
  private readonly words: XmlWords;
  private readonly shape: XmlShape;
  private readonly builder: XMLBuilder;
  private readonly recordElement: string;
  private records = 0;

  constructor(schema: FormSchema | undefined) {
    this.words = xmlWords(schema);
    this.shape = xmlShape(schema);
    this.recordElement = this.words.recordElement ?? 'record';
    this.builder = new XMLBuilder({
      ignoreAttributes: false,
      attributeNamePrefix: '@',
      textNodeName: '#text',
      processEntities: false, // what is escaped is escaped here, line ends too
      suppressBooleanAttributes: false,
      format: this.words.indent,
      indentBy: '  ',
    });
  }

  start(): string {
    const { root, namespaces } = this.words;
    const declared = Array.from(
      namespaces ?? [],
      ([prefix, uri]) => ` xmlns${prefix === '' ? '' : ':'}${prefix}="${escape(uri, true)}"`,
    );
    return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${declared.join('')}>\n`;
  }

  record(record: DataRecord): string {
    const place = { form: 'xml', record: ++this.records };
    const built = this.object(record, this.shape, place, 0);
    const text = this.builder.build({ [this.recordElement]: built });
    return text.endsWith('\n') ? text : `${text}\n`;
  }

  end(): string {
    return `</${this.words.root}>\n`;
  }

  private object(record: DataRecord, shape: XmlShape, place: FormPlace, depth: number): Built {
    if (depth > FORM_DEPTH_MAX) throw writeError(place, `values lie deeper than ${FORM_DEPTH_MAX}`);
    const built: Built = {};
    for (const [name, value] of Object.entries(record)) {
      if (value === null || value === undefined) continue;
      const member = shape.members.get(name) ?? UNKNOWN;
      const inner = { ...place, field: place.field === undefined ? name : `${place.field}.${name}` };
      const isAttribute = name.startsWith('@') || member.isAttribute;
      const bare = name.startsWith('@') ? name.slice(1) : name;
      if (name !== '#text') this.checkName(bare, inner);
      built[isAttribute ? `@${bare}` : name] = isAttribute
        ? this.text(value, member, inner, true)
        : this.member(value, member, inner, depth);
    }
    return built;
  }

  private checkName(name: string, place: FormPlace): void {
    if (!isXmlName(name) || name === '__proto__')
      throw writeError(place, `${JSON.stringify(name)} is no name in XML; rename it by a rule`);
    const prefix = name.includes(':') ? name.slice(0, name.indexOf(':')) : '';
    if (prefix !== '' && this.words.namespaces?.has(prefix) !== true)
      throw writeError(place, `the prefix ${prefix} is not among namespaces`);
  }

  private member(value: DataValue, shape: XmlShape, place: FormPlace, depth: number): Built[string] {
    if (Array.isArray(value))
      return value.map((element: DataValue, index) =>
        this.element(element, shape, { ...place, field: `${place.field}[${index}]` }, depth),
      );
    return this.element(value, shape, place, depth);
  }

  private element(value: DataValue, shape: XmlShape, place: FormPlace, depth: number): string | Built {
    if (Array.isArray(value)) throw writeError(place, 'a list in a list has no elements of its own');
    if (typeof value === 'object' && value !== null && !(value instanceof Decimal))
      return this.object(value as DataRecord, shape, place, depth + 1);
    return this.text(value, shape, place, false);
  }

  private text(value: DataValue, { cell }: XmlShape, place: FormPlace, isAttribute: boolean): string {
    const text = writeCell(value, cell);
    if (text instanceof CellProblem) throw writeError({ ...place, value }, `the value ${text.message}`);
    if (NOT_XML.test(text)) throw writeError(place, 'the text has a character that no XML document can hold');
    return escape(text, isAttribute);
  }
}

/** Line ends in attributes, and carriage returns anywhere, would be read as something else. */
function escape(text: string, isAttribute: boolean): string {
  return text.replace(isAttribute ? /[&<>"\r\n\t]/g : /[&<>\r]/g, character => ESCAPES[character]!);
}
