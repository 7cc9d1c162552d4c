import protobuf from 'protobufjs';

import { JSON_KIND, JsonTape, TAPE_INTS } from '../codec/index.js';
import { ConfigError, PublishError, STATUS } from '../model/index.js';
import { decimalOf, scalarOf } from './proto-scalar.js';

/** What one topic's records are sent as. */
export interface ProtoEncoding {
  readonly proto: string;
  readonly message: string;
}

/** Turns the JSON text of a record into the bytes that are sent. Throws PublishError for a record that does not fit. */
export type EncodeRecord = (json: string) => Buffer;

/** The encoder of a message of a .proto file. Throws ConfigError for a file that cannot be read or a message that is not in it. */
export function openProtoEncoder({ proto, message }: ProtoEncoding): EncodeRecord {
  const type = messageType(proto, message);
  const writer = new MessageWriter();
  return json => Buffer.from(type.encode(writer.message(type, json)).finish());
}

function messageType(file: string, message: string): protobuf.Type {
  let root: protobuf.Root;
  try {
    root = new protobuf.Root().loadSync(file, { keepCase: true });
    root.resolveAll();
  } catch (cause) {
    throw new ConfigError('HR_PROTO', `${file}: ${(cause as Error).message}`, { cause });
  }
  const found = root.lookup(message);
  if (found instanceof protobuf.Type) return found;
  const names = root.nestedArray.filter(nested => nested instanceof protobuf.Type).map(({ name }) => name);
  throw new ConfigError('HR_PROTO', `${file} has no message ${message}; it has ${names.join(', ')}`);
}

const refuse = (problem: string): never => {
  throw new PublishError('HR_PUBLISH_PROTO', problem);
};

/** Of a field that is a table of tables or may hold nulls: a message around the one value (docs/generated.md). */
const WRAPPED = 'value';

/** Builds what protobufjs encodes from JSON text: numbers keep their digits. */
class MessageWriter {
  private readonly tape = new JsonTape();
  private readonly fields = new Map<protobuf.Type, ReadonlyMap<string, protobuf.Field>>();

  message(type: protobuf.Type, json: string): protobuf.Message {
    const bytes = Buffer.from(json);
    if (this.tape.read(bytes, 0, bytes.length) !== STATUS.ok.code) refuse('the record is no JSON');
    return this.object(type, 0);
  }

  private object(type: protobuf.Type, node: number): protobuf.Message {
    const { tape } = this;
    if (tape.kind(node) !== JSON_KIND.object) refuse(`${type.name} is a JSON object`);
    const properties: Record<string, unknown> = {};
    const fields = this.fieldsOf(type);
    for (let name = node + TAPE_INTS; name < tape.next(node);) {
      const value = tape.next(name);
      const member = this.tape.text(name);
      const field = fields.get(member);
      if (field !== undefined) properties[field.name] = this.member(field, value);
      else if (!member.startsWith('$')) refuse(`${member} is no field of ${type.name}`);
      name = tape.next(value);
    }
    return type.create(properties);
  }

  /** The fields of a message by the names that JSON may have for them. */
  private fieldsOf(type: protobuf.Type): ReadonlyMap<string, protobuf.Field> {
    const known = this.fields.get(type);
    if (known !== undefined) return known;
    const fields = new Map<string, protobuf.Field>();
    for (const field of type.fieldsArray) {
      const { json_name: jsonName } = (field.options ?? {}) as { readonly json_name?: string };
      for (const name of [field.name, camelCase(field.name), jsonName ?? field.name]) fields.set(name, field);
    }
    this.fields.set(type, fields);
    return fields;
  }

  private member(field: protobuf.Field, node: number): unknown {
    const { tape } = this;
    if (!field.repeated) return tape.kind(node) === JSON_KIND.null ? undefined : this.value(field, node);
    if (tape.kind(node) === JSON_KIND.null) return [];
    if (tape.kind(node) !== JSON_KIND.array) refuse(`${field.name} is a JSON array`);
    const list: unknown[] = [];
    for (let element = node + TAPE_INTS; element < tape.next(node); element = tape.next(element))
      list.push(this.value(field, element));
    return list;
  }

  private value(field: protobuf.Field, node: number): unknown {
    const { tape } = this;
    const kind = tape.kind(node);
    const type = field.resolvedType;
    if (type instanceof protobuf.Type) {
      if (kind === JSON_KIND.object) return this.object(type, node);
      if (isDecimal(type) && kind !== JSON_KIND.array && kind !== JSON_KIND.null)
        return decimalOf(this.tape.text(node));
      const wrapped = type.fields[WRAPPED];
      if (wrapped === undefined || type.fieldsArray.length !== 1) return refuse(`${field.name} is a JSON object`);
      return type.create({ [WRAPPED]: this.member(wrapped, node) });
    }
    if (kind === JSON_KIND.boolean)
      return field.type === 'bool' ? this.tape.text(node) === 'true' : this.mistyped(field, node);
    const isText = kind === JSON_KIND.string || kind === JSON_KIND.escaped;
    if (isText && field.type === 'string') return this.tape.text(node);
    return (
      (kind === JSON_KIND.number ? scalarOf(field.type, this.tape.text(node)) : undefined) ?? this.mistyped(field, node)
    );
  }

  private mistyped({ name, type }: protobuf.Field, node: number): never {
    return refuse(`${name}: ${this.tape.text(node)} is no ${type}`);
  }
}

/** The name that protobuf's own JSON form has where no json_name is given. */
const camelCase = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

const isDecimal = ({ name, fields }: protobuf.Type): boolean =>
  name === 'Decimal' && fields['units'] !== undefined && fields['scale'] !== undefined;
