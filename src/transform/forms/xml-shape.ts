import { recordSchema, type FieldDescription, type FormSchema, type JsonSchema } from '../form.js';
import { cellType, properties, propertyType, type Column } from './column.js';

/** What a schema says of an element: its value's type, whether it is a list, whether it is an attribute, and what lies in it. */
export interface XmlShape {
  readonly cell: Pick<Column, 'type' | 'scale' | 'format'> | undefined; // undefined: nothing is known, or it is a group
  readonly isList: boolean;
  readonly isAttribute: boolean;
  readonly members: ReadonlyMap<string, XmlShape>;
}

export const UNKNOWN: XmlShape = { cell: undefined, isList: false, isAttribute: false, members: new Map() };

/** The shape of a record: what its schema does not name is text, and a list where it is repeated. */
export function xmlShape(schema: FormSchema | undefined): XmlShape {
  if (schema?.fields !== undefined) return { ...UNKNOWN, members: fieldMembers(schema.fields) };
  return schema?.jsonSchema === undefined ? UNKNOWN : propertyShape('', recordSchema(schema.jsonSchema));
}

function fieldMembers(fields: readonly FieldDescription[]): ReadonlyMap<string, XmlShape> {
  return new Map(fields.map(field => [field.name, fieldShape(field)]));
}

function fieldShape(field: FieldDescription): XmlShape {
  const below = field['fields'] ?? field['children'];
  const isList = field['occurs'] !== undefined || field['repeated'] === true || field['list'] === true;
  const isAttribute = field['attribute'] === true;
  if (Array.isArray(below)) return { ...UNKNOWN, isList, members: fieldMembers(below as FieldDescription[]) };
  const { scale, format } = field;
  const cell = {
    ...cellType(field),
    ...(scale === undefined ? {} : { scale }),
    ...(typeof format === 'string' ? { format } : {}),
  };
  return { cell, isList, isAttribute, members: UNKNOWN.members };
}

function propertyShape(name: string, schema: JsonSchema): XmlShape {
  const isList = typeof schema !== 'boolean' && schema['type'] === 'array';
  const own = isList ? recordSchema(schema) : schema;
  const members = new Map(properties(own).map(([member, property]) => [member, propertyShape(member, property)]));
  const isLeaf =
    members.size === 0 && typeof own !== 'boolean' && own['type'] !== undefined && own['type'] !== 'object';
  return { cell: isLeaf ? propertyType(own) : undefined, isList, isAttribute: name.startsWith('@'), members };
}
