import { MEMBER, memberKind, type FieldFact, type FixDictionary, type Layout } from './dictionary.js';
import { hasFormat } from './format.js';
import { REJECT_REASON } from './reject-reason.js';
import { SECTION, Sections, type FieldIndex } from './sections.js';

/** What is checked of a message, named as in QuickFIX/J's settings. */
export interface ValidationRules {
  readonly validateFieldsOutOfOrder: boolean;
  /** Inside a group: each entry begins with its first field, and the others follow in the dictionary's order. */
  readonly validateUnorderedGroupFields: boolean;
  readonly validateFieldsHaveValues: boolean;
  /** A field that has an enumeration has a value of it. */
  readonly validateFieldValues: boolean;
  readonly validateUserDefinedFields: boolean;
  /** Fields below 5000 that the message type does not have, or the version does not know, are let through. */
  readonly allowUnknownMessageFields: boolean;
}

export const VALIDATE_ALL: ValidationRules = {
  validateFieldsOutOfOrder: true,
  validateUnorderedGroupFields: true,
  validateFieldsHaveValues: true,
  validateFieldValues: true,
  validateUserDefinedFields: true,
  allowUnknownMessageFields: false,
};

/** The first tag of the user-defined range. */
const USER_DEFINED_MIN = 5000;
const FIRST_FIELDS: readonly number[] = [8, 9, 35];

/**
 * Checks messages against a dictionary, in QuickFIX's order: order of sections, MsgType, required fields, then each field of
 * header, trailer and body by ascending tag, and at last inside groups. Holds scratch memory; use one for each thread.
 */
export class MessageValidator {
  /** The tag of the last fault found. */
  tag = 0;

  readonly #sections = new Sections();

  constructor(private readonly rules: ValidationRules) {}

  /**
   * Returns a REJECT_REASON, `none` for a sound message. `session` explains header and trailer, `application` the body;
   * before FIXT they are one dictionary.
   */
  check(message: FieldIndex, msgType: string, session: FixDictionary, application: FixDictionary): number {
    const layout = application.message(msgType);
    this.#sections.sort(message, session, layout);
    if (this.rules.validateFieldsOutOfOrder && this.#sections.outOfOrderTag !== 0)
      return this.#fault(REJECT_REASON.tagSpecifiedOutOfRequiredOrder, this.#sections.outOfOrderTag);
    if (layout === undefined) return this.#fault(REJECT_REASON.invalidMsgType, 0);
    const missing = this.#missing(application, layout);
    if (missing !== 0) return this.#fault(REJECT_REASON.requiredTagMissing, missing);
    return this.#checkFields(message, { session, application, layout });
  }

  #fault(reason: number, tag: number): number {
    this.tag = tag;
    return reason;
  }

  #missing({ header, trailer }: FixDictionary, layout: Layout): number {
    for (const { required } of [header, trailer, layout])
      for (const tag of required) if (!this.#sections.has(tag)) return tag;
    return 0;
  }

  // One pass in the message's own order; only where more than one field is at fault does the order of checks matter.
  #checkFields(message: FieldIndex, context: Context): number {
    let found: number = REJECT_REASON.none;
    let foundAt = -1;
    for (let index = 0; index < message.fieldCount; index++) {
      const reason = this.#faultOf(message, index, context);
      if (reason === REJECT_REASON.none) continue;
      if (foundAt >= 0 && !this.#comesFirst(message, index, foundAt)) continue;
      found = reason;
      foundAt = index;
    }
    return foundAt < 0 ? found : this.#fault(found, message.tagAt(foundAt));
  }

  #comesFirst(message: FieldIndex, index: number, other: number): boolean {
    const sections = this.#sections.section;
    const [section = 0, otherSection = 0] = [sections[index], sections[other]];
    if (section !== otherSection) return section < otherSection;
    if (section === SECTION.group) return false;
    const [tag, otherTag] = [message.tagAt(index), message.tagAt(other)];
    const [place, otherPlace] = [FIRST_FIELDS.indexOf(tag), FIRST_FIELDS.indexOf(otherTag)];
    if (place !== otherPlace && (place >= 0 || otherPlace >= 0))
      return otherPlace < 0 || (place >= 0 && place < otherPlace);
    return tag < otherTag;
  }

  #faultOf(message: FieldIndex, index: number, { session, application, layout }: Context): number {
    const section = this.#sections.section[index] ?? 0;
    const tag = message.tagAt(index);
    const inBody = section === SECTION.body || section === SECTION.group;
    const fact =
      (inBody ? application.field(tag) : undefined) ?? (section === SECTION.body ? undefined : session.field(tag));
    if (this.#sections.repeated[index] === 1) return REJECT_REASON.tagAppearsMoreThanOnce;
    if (section === SECTION.group && this.#sections.disordered[index] === 1 && this.rules.validateUnorderedGroupFields)
      return REJECT_REASON.groupFieldsOutOfOrder;
    const bad = this.#faultOfValue(message, index, fact);
    if (bad !== REJECT_REASON.none || !this.#mustBeKnown(tag)) return bad;
    if (fact === undefined) return REJECT_REASON.invalidTagNumber;
    if (section === SECTION.body && memberKind(layout, tag) === MEMBER.none)
      return REJECT_REASON.tagNotDefinedForMessageType;
    if (inBody && this.#isMiscounted(index)) return REJECT_REASON.incorrectNumInGroup;
    return REJECT_REASON.none;
  }

  #faultOfValue(message: FieldIndex, index: number, fact: FieldFact | undefined): number {
    const { bytes } = message;
    const [start, end] = [message.valueStartAt(index), message.valueEndAt(index)];
    if (start === end)
      return this.rules.validateFieldsHaveValues ? REJECT_REASON.tagSpecifiedWithoutValue : REJECT_REASON.none;
    if (fact === undefined) return REJECT_REASON.none;
    if (!hasFormat(fact.format, bytes, start, end)) return REJECT_REASON.incorrectDataFormat;
    if (!this.rules.validateFieldValues) return REJECT_REASON.none;
    return isAllowed(fact, bytes, start, end) ? REJECT_REASON.none : REJECT_REASON.valueIsIncorrect;
  }

  // Where entries are out of order their number cannot be told: the order is the fault.
  #isMiscounted(index: number): boolean {
    const miscounted = this.#sections.miscounted[index];
    return miscounted === 1 || (miscounted === 2 && !this.rules.validateUnorderedGroupFields);
  }

  #mustBeKnown(tag: number): boolean {
    if (tag >= USER_DEFINED_MIN) return this.rules.validateUserDefinedFields;
    return !this.rules.allowUnknownMessageFields;
  }
}

interface Context {
  readonly session: FixDictionary;
  readonly application: FixDictionary;
  readonly layout: Layout;
}

function isAllowed(fact: FieldFact, bytes: Uint8Array, start: number, end: number): boolean {
  if (fact.values === undefined) return true;
  if (end - start === 1) return fact.singles[bytes[start] ?? 0] === 1;
  const text = textOf(bytes, start, end);
  return fact.multiple ? text.split(' ').every(part => fact.values?.has(part)) : fact.values.has(text);
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at] ?? 0);
  return text;
}
