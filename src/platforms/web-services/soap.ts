import { XMLBuilder, XMLParser } from 'fast-xml-parser';

import { Decimal, EncodeError, ProtocolError, type DataValue } from '../../model/index.js';
import type { SoapEndpoint } from './options.js';

const ENVELOPES = {
  '1.1': 'http://schemas.xmlsoap.org/soap/envelope/',
  '1.2': 'http://www.w3.org/2003/05/soap-envelope',
} as const;
/** XML 1.0, production 2: what no document can hold. */
const NOT_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
const NAME = /^[A-Za-z_][\w.-]*$/;
const DEPTH_MAX = 64;

interface Element {
  [name: string]: string | Element | (string | Element)[];
}

const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  suppressEmptyNode: true,
  // What is escaped is escaped here: the builder leaves a carriage return, which a parser would make a line feed.
  processEntities: false,
  suppressBooleanAttributes: false,
});

/** Values stay text: a number that became a float would not be the one that was sent. */
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
});

/** The headers of a request by its version: SOAP 1.1 has SOAPAction, 1.2 a parameter of the type. */
export function soapHeaders({ version, action, namespace, operation }: SoapEndpoint): Record<string, string> {
  const named = action ?? `${namespace.replace(/\/$/, '')}/${operation}`;
  return version === '1.1'
    ? { 'content-type': 'text/xml; charset=utf-8', soapaction: `"${named}"` }
    : { 'content-type': `application/soap+xml; charset=utf-8; action="${named}"` };
}

/** The envelope with the operation's element and the call's values in it. Throws EncodeError (HR_PLATFORM_VALUE) for what XML cannot hold. */
export function soapEnvelope(
  { version, operation, namespace }: SoapEndpoint,
  values: Readonly<Record<string, DataValue>>,
): string {
  const body = { [operation]: { '@xmlns': escaped(namespace), ...elementOf(values, '', 0) } };
  const envelope = { 'soap:Envelope': { '@xmlns:soap': ENVELOPES[version], 'soap:Body': body } };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build(envelope)}`;
}

function elementOf(values: Readonly<Record<string, DataValue>>, path: string, depth: number): Element {
  if (depth > DEPTH_MAX) throw refused(path, `lies deeper than ${DEPTH_MAX}`);
  const element: Element = {};
  for (const [name, value] of Object.entries(values)) {
    const inner = path === '' ? name : `${path}.${name}`;
    if (!NAME.test(name) || name === '__proto__') throw refused(inner, 'has a name that XML has not');
    if (value === null || value === undefined) continue;
    element[name] = Array.isArray(value)
      ? value.map((one: DataValue) => contentOf(one, inner, depth))
      : contentOf(value, inner, depth);
  }
  return element;
}

function contentOf(value: DataValue, path: string, depth: number): string | Element {
  if (Array.isArray(value)) throw refused(path, 'is a list in a list');
  if (typeof value === 'object' && value !== null && !(value instanceof Decimal))
    return elementOf(value as Readonly<Record<string, DataValue>>, path, depth + 1);
  const text = value === null || value === undefined ? '' : value.toString();
  if (NOT_XML.test(text)) throw refused(path, 'has a character that no XML document can hold');
  return escaped(text);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"\r]/g, character => ESCAPES[character]!);
}

function refused(path: string, why: string): EncodeError {
  return new EncodeError('HR_PLATFORM_VALUE', `the value ${path} ${why}`, { details: { field: path } });
}

/**
 * The body of an answer: the element of its operation, names without prefixes, values as text. Throws ProtocolError: HR_PLATFORM_FAULT for a Fault,
 * HR_PLATFORM_ANSWER for what is no envelope.
 */
export function readSoap(bytes: Buffer, place: string): DataValue {
  const text = bytes.toString('utf8');
  // SOAP 1.1, section 3, and 1.2, section 5: no document type declaration.
  if (/<!DOCTYPE/i.test(text)) throw unreadable(place, 'it has a document type declaration');
  const body = bodyOf(parse(text, place));
  if (body === undefined) throw unreadable(place, 'it is no SOAP envelope');
  const fault = body['Fault'];
  if (fault !== undefined) throw faultOf(fault as Record<string, unknown>, place);
  const [answer] = Object.entries(body).filter(([name]) => !name.startsWith('@'));
  return (answer?.[1] ?? null) as DataValue;
}

function parse(text: string, place: string): unknown {
  try {
    return parser.parse(text, true);
  } catch (cause) {
    throw unreadable(place, (cause as Error).message, cause);
  }
}

function bodyOf(document: unknown): Record<string, unknown> | undefined {
  const envelope = member(document, 'Envelope');
  const body = member(envelope, 'Body');
  if (envelope === undefined) return undefined;
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function faultOf(fault: Record<string, unknown>, place: string): ProtocolError {
  const code = textOf(fault['faultcode'] ?? member(fault['Code'], 'Value'));
  const reason = textOf(fault['faultstring'] ?? member(fault['Reason'], 'Text'));
  return new ProtocolError('HR_PLATFORM_FAULT', `${place}: ${code}: ${reason}`, {
    details: { code, reason, detail: fault['detail'] ?? fault['Detail'] },
  });
}

/** An element with attributes, such as Text with xml:lang, has its text beside them. */
function textOf(value: unknown): string {
  const text = typeof value === 'object' ? member(value, '#text') : value;
  return typeof text === 'string' ? text : 'not said';
}

function unreadable(place: string, why: string, cause?: unknown): ProtocolError {
  return new ProtocolError('HR_PLATFORM_ANSWER', `${place}: the answer cannot be read: ${why}`, { cause });
}
