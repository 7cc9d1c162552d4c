import type { DataRecord, DataValue } from '../../model/index.js';
import { CellProblem, readCell } from './cell.js';
import { readError, type FormPlace } from './form-error.js';
import { UNKNOWN, type XmlShape } from './xml-shape.js';

/** An element as it was read. */
export interface XmlNode {
  readonly name: string;
  readonly attributes: Map<string, string>;
  readonly children: XmlNode[];
  text: string;
  isNil: boolean;
}

/** Whether an element is more than a text: it has elements or attributes. */
export function isComplex({ children, attributes }: XmlNode): boolean {
  return children.length > 0 || attributes.size > 0;
}

/** The record that an element is. Throws readError for a value that is not of its type, and for what stands twice and is no list. */
export function nodeRecord(node: XmlNode, shape: XmlShape, place: FormPlace): DataRecord {
  const record: Record<string, DataValue> = {};
  for (const [name, value] of node.attributes) {
    const key = attributeKey(name, shape);
    put(record, key, cellValue(value, shape.members.get(key) ?? UNKNOWN, within(place, key)), place);
  }
  for (const [name, nodes] of grouped(node.children))
    put(record, name, memberValue(nodes, shape.members.get(name), within(place, name)), place);
  if (node.text.trim() !== '')
    put(record, '#text', cellValue(node.text, shape.members.get('#text') ?? UNKNOWN, within(place, '#text')), place);
  return record;
}

/** `@id`, or `id` where the schema knows it by that name. */
function attributeKey(name: string, { members }: XmlShape): string {
  return !members.has(`@${name}`) && members.has(name) ? name : `@${name}`;
}

function put(record: Record<string, DataValue>, name: string, value: DataValue, place: FormPlace): void {
  if (name === '__proto__') throw readError(within(place, name), 'no member can have the name __proto__');
  if (Object.hasOwn(record, name)) throw readError(within(place, name), 'it stands as an attribute and as an element');
  record[name] = value;
}

function within(place: FormPlace, name: string): FormPlace {
  return { ...place, field: place.field === undefined ? name : `${place.field}.${name}` };
}

function grouped(nodes: readonly XmlNode[]): ReadonlyMap<string, readonly XmlNode[]> {
  const found = new Map<string, XmlNode[]>();
  for (const node of nodes) {
    const same = found.get(node.name);
    if (same === undefined) found.set(node.name, [node]);
    else same.push(node);
  }
  return found;
}

/** Lists by the schema, and what the schema does not know and is repeated. */
function memberValue(nodes: readonly XmlNode[], shape: XmlShape | undefined, place: FormPlace): DataValue {
  if (shape === undefined ? nodes.length > 1 : shape.isList)
    return nodes.map((node, index) =>
      nodeValue(node, shape ?? UNKNOWN, { ...place, field: `${place.field}[${index}]` }),
    );
  if (nodes.length > 1) throw readError(place, `it stands ${nodes.length} times, but the schema says it is no list`);
  return nodeValue(nodes[0]!, shape ?? UNKNOWN, place);
}

function nodeValue(node: XmlNode, shape: XmlShape, place: FormPlace): DataValue {
  if (node.isNil) return null;
  if (isComplex(node) || shape.members.size > 0) return nodeRecord(node, shape, place);
  return cellValue(node.text, shape, place);
}

function cellValue(text: string, { cell }: XmlShape, place: FormPlace): DataValue {
  if (cell === undefined) return text;
  const value = readCell(text, cell);
  if (value instanceof CellProblem)
    throw readError({ ...place, value: text }, `${JSON.stringify(text.slice(0, 40))} ${value.message}`);
  return value;
}
