import { ConfigError } from '../../../model/index.js';
import { parseElements, type XmlElement } from './xml.js';

function childOf(element: XmlElement, name: string): XmlElement {
  return element.children.find(child => child.name === name) ?? { name, attributes: {}, children: [] };
}

function attribute(element: XmlElement, name: string): string {
  const value = element.attributes[name];
  if (value === undefined)
    throw new ConfigError('HR_FIX_DICTIONARY', `a <${element.name}> of the dictionary has no attribute ${name}`);
  return value;
}

class TableWriter {
  readonly #numbers = new Map<string, string>();

  constructor(private readonly document: XmlElement) {
    for (const field of childOf(document, 'fields').children)
      this.#numbers.set(attribute(field, 'name'), attribute(field, 'number'));
  }

  #numberOf(element: XmlElement): string {
    const name = attribute(element, 'name');
    const number = this.#numbers.get(name);
    if (number === undefined)
      throw new ConfigError('HR_FIX_DICTIONARY', `the dictionary uses field ${name} and does not define it`);
    return number;
  }

  #member(element: XmlElement): string {
    const mark = element.attributes['required']?.toUpperCase() === 'Y' ? '!' : '';
    if (element.name === 'component') return `@${attribute(element, 'name')}${mark}`;
    const field = this.#numberOf(element) + mark;
    return element.name === 'group' ? `${field} ( ${this.#members(element)} )` : field;
  }

  #members(element: XmlElement): string {
    return element.children.map(child => this.#member(child)).join(' ');
  }

  #field(field: XmlElement): string {
    const values = field.children.filter(child => child.name === 'value').map(value => attribute(value, 'enum'));
    // A value with a space is a description that was put where a value belongs.
    const codes = values.filter(value => value.length > 0 && !/\s/.test(value));
    return ['field', attribute(field, 'number'), attribute(field, 'name'), attribute(field, 'type'), ...codes].join(
      ' ',
    );
  }

  lines(): string[] {
    const { type, major, minor, servicepack = '0' } = this.document.attributes;
    const pack = servicepack === '0' ? '' : `SP${servicepack}`;
    return [
      `fix ${type ?? 'FIX'}.${major}.${minor}${pack}`,
      `header ${this.#members(childOf(this.document, 'header'))}`,
      `trailer ${this.#members(childOf(this.document, 'trailer'))}`,
      ...childOf(this.document, 'components').children.map(
        component => `component ${attribute(component, 'name')} ${this.#members(component)}`,
      ),
      ...childOf(this.document, 'messages').children.map(
        message => `message ${attribute(message, 'msgtype')} ${attribute(message, 'name')} ${this.#members(message)}`,
      ),
      ...childOf(this.document, 'fields').children.map(field => this.#field(field)),
    ];
  }
}

/**
 * Turns a QuickFIX data dictionary (XML) into our table (see table.ts): field numbers, names, types, values, required
 * flags, groups and their order; no descriptions. Throws ConfigError or DecodeError naming what is wrong with the file.
 */
export function tableFromQuickFixXml(xml: string): string {
  return `${new TableWriter(parseElements(xml)).lines().join('\n').replace(/ +$/gm, '')}\n`;
}
