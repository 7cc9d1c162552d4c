import { DecodeError } from '../../../model/index.js';

/** One element of an XML document; text between elements is not kept. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
}

const TAG =
  /<!--[\s\S]*?-->|<[?!][^>]*>|<(\/?)([A-Za-z_][\w.-]*)((?:\s+[\w:.-]+\s*=\s*(?:'[^']*'|"[^"]*"))*)\s*(\/?)>/g;
const ATTRIBUTE = /([\w:.-]+)\s*=\s*(?:'([^']*)'|"([^"]*)")/g;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const DEPTH_MAX = 64;

function attributesOf(text: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, name = '', single, double] of text.matchAll(ATTRIBUTE))
    attributes[name] = (single ?? double ?? '').replace(/&(\w+);/g, (all, entity: string) => ENTITIES[entity] ?? all);
  return attributes;
}

function bad(reason: string, offset: number): DecodeError {
  return new DecodeError('HR_XML_DICTIONARY', `the dictionary is not well-formed XML at offset ${offset}: ${reason}`, {
    details: { codec: 'fix-dictionary', offset },
  });
}

/**
 * Reads the elements and attributes of a data dictionary, which is all such a file has: no text, no name spaces, no
 * document type is looked at, so no entity can be defined. Throws DecodeError (HR_XML_DICTIONARY) with the offset.
 */
export function parseElements(xml: string): XmlElement {
  const root: XmlElement = { name: '', attributes: {}, children: [] };
  const open = [root];
  for (const match of xml.matchAll(TAG)) {
    const [, closing, name, attributes = '', empty] = match;
    if (name === undefined) continue;
    if (closing === '/') {
      if (open.length < 2 || open.pop()?.name !== name) throw bad(`</${name}> closes nothing`, match.index);
      continue;
    }
    const element: XmlElement = { name, attributes: attributesOf(attributes), children: [] };
    open[open.length - 1]?.children.push(element);
    if (empty !== '/') open.push(element);
    if (open.length > DEPTH_MAX) throw bad(`elements are nested deeper than ${DEPTH_MAX}`, match.index);
  }
  const document = root.children[0];
  if (open.length !== 1 || document === undefined) throw bad('an element is not closed', xml.length);
  return document;
}
