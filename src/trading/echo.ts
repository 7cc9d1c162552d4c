import {
  RAW_DATA_TABLE,
  SECTION,
  sectionOf,
  type FixDictionary,
  type FixEncoder,
  type FixMessage,
  type GroupLayout,
} from '../codec/index.js';
import { copyField, isBefore42, type ApplicationVerdict } from '../session/index.js';
import type { EngineSession, FixApplication } from './engine.js';

/** A field with what belongs to it: the DATA field of a LENGTH field, the entries of a group. */
interface Field {
  readonly tag: number;
  readonly index: number;
  readonly entries: readonly (readonly Field[])[];
}

const CL_ORD_ID = 11;
const POSS_RESEND = 97;
const SEEN_MAX = 100_000;

/** Reads a message's body as a tree and writes it again in ascending tag order, groups in the dictionary's order. */
class BodyCopy {
  #at = 0;

  constructor(
    private readonly message: FixMessage,
    private readonly session: FixDictionary,
    private readonly application: FixDictionary,
  ) {}

  write(encoder: FixEncoder): void {
    const groups = this.application.message(this.message.msgType)?.groups ?? new Map<number, GroupLayout>();
    const body: Field[] = [];
    while (this.#at < this.message.fieldCount) {
      const tag = this.message.tagAt(this.#at);
      if (sectionOf(tag, this.session) === SECTION.body) body.push(this.#field(groups));
      else this.#at++;
    }
    this.#writeFields(
      encoder,
      body.sort((a, b) => a.tag - b.tag),
    );
  }

  #field(groups: ReadonlyMap<number, GroupLayout>): Field {
    const index = this.#at++;
    const tag = this.message.tagAt(index);
    const dataTag = RAW_DATA_TABLE[tag] ?? 0;
    if (dataTag !== 0 && this.#at < this.message.fieldCount && this.message.tagAt(this.#at) === dataTag) this.#at++;
    const group = groups.get(tag);
    return { tag, index, entries: group === undefined ? [] : this.#entries(group) };
  }

  #entries(group: GroupLayout): Field[][] {
    const entries: Field[][] = [];
    let entry: Field[] = [];
    while (this.#at < this.message.fieldCount) {
      const tag = this.message.tagAt(this.#at);
      if (!group.members.has(tag)) break;
      if (entries.length === 0 || tag === group.delimiter || entry.some(field => field.tag === tag)) {
        entry = [];
        entries.push(entry);
      }
      entry.push(this.#field(group.groups));
    }
    for (const fields of entries) fields.sort((a, b) => group.order.indexOf(a.tag) - group.order.indexOf(b.tag));
    return entries;
  }

  #writeFields(encoder: FixEncoder, fields: readonly Field[]): void {
    for (const field of fields) {
      copyField(encoder, this.message, field.index);
      for (const entry of field.entries) this.#writeFields(encoder, entry);
    }
  }
}

/**
 * The application of `headrace fix-acceptor`: NewOrderSingle, Email and, from FIX.4.2, SecurityDefinition come back unchanged;
 * an order that may be a repetition (PossResend) and was seen before in this logon does not; all else is not supported.
 */
export class EchoApplication implements FixApplication {
  readonly #seen = new Map<EngineSession, Set<string>>();

  constructor(private readonly report: (session: EngineSession, kind: string, text: string) => void = () => {}) {}

  onMessage(session: EngineSession, message: FixMessage): ApplicationVerdict {
    const msgType = message.msgType;
    const echoed = msgType === 'D' || msgType === 'C' || (msgType === 'd' && !isBefore42(message.beginString));
    if (!echoed) return 'unsupportedMessageType';
    if (msgType !== 'D' || this.#isNew(session, message)) this.#echo(session, message);
    return 'taken';
  }

  onLogout(session: EngineSession): void {
    this.#seen.delete(session);
  }

  onEvent(session: EngineSession, kind: string, text: string): void {
    this.report(session, kind, text);
  }

  #isNew(session: EngineSession, message: FixMessage): boolean {
    const seen = this.#seen.get(session) ?? new Set();
    this.#seen.set(session, seen);
    const clOrdID = message.textOf(CL_ORD_ID) ?? '';
    if (seen.has(clOrdID)) return message.textOf(POSS_RESEND) !== 'Y';
    seen.add(clOrdID);
    if (seen.size > SEEN_MAX) for (const oldest of seen) return seen.delete(oldest);
    return true;
  }

  #echo(session: EngineSession, message: FixMessage): void {
    const application = session.session.dictionaryOf(message);
    const transport = session.session.transportDictionary;
    if (application === undefined) return;
    session.send(message.msgType, encoder => {
      const possResend = message.textOf(POSS_RESEND);
      if (possResend !== undefined) encoder.field(POSS_RESEND, possResend);
      new BodyCopy(message, transport, application).write(encoder);
    });
  }
}
