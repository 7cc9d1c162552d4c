import {
  FixBatch,
  FixEncoder,
  MessageValidator,
  REJECT_TEXT,
  VALIDATE_ALL,
  builtInDictionaries,
  type Dictionaries,
  type FixDictionary,
} from '../codec/index.js';
import { ConfigError, STATUS, invariant } from '../model/index.js';
import { writeFields, type MessageField } from './message-fields.js';
import type { CustomTag, MessageRules, PlatformProfile } from './profile.js';

/** Why a message is not sent: the rule by its key in the config, what was there, what the rule says. */
export interface FieldRefusal {
  readonly rule: string;
  readonly value: string;
  readonly limit: string;
}

/** What becomes of a body before it is sent, or why it is not. */
export type ComposeMessage = (
  msgType: string,
  fields: readonly MessageField[],
) => readonly MessageField[] | FieldRefusal;

/** What a platform of the config says beyond its profile. */
export interface OwnRules {
  readonly beginString: string;
  readonly messages?: Readonly<Record<string, MessageRules>>;
  readonly customTags?: readonly CustomTag[];
}

/** Fields of an order that the gate judges: no rule may say them in the place of the order. */
const JUDGED: readonly number[] = [1, 11, 38, 40, 44, 54, 55];
/** Of those, what may have another name at the platform: account and symbol. */
const RENAMED: readonly number[] = [1, 55];
/**
 * What would make an order another one than the gate judged: quantities and prices of other kinds (CashOrderQty, OrderPercent, OrderQty2, Price2, StopPx,
 * ContractMultiplier), their units (QtyType, PriceType), legs, and discretion beyond the price.
 */
const UNJUDGED: readonly number[] = [152, 516, 192, 640, 99, 231, 854, 423, 555, 388, 389, 841, 842];
const CUSTOM_TAG_MIN = 5_000;
const TAG_END = 2 ** 31;
/** MsgSeqNum, SenderCompID, SendingTime, TargetCompID: as the session will write them, of any value. */
const HEADER: readonly MessageField[] = [
  { tag: 34, value: '1' },
  { tag: 49, value: 'S' },
  { tag: 52, value: '20000101-00:00:00' },
  { tag: 56, value: 'T' },
];

/** The rules of one platform, and its dictionary: a version of the standard with its custom tags, required and forbidden fields. */
export class PlatformRules {
  readonly dictionary: FixDictionary;
  readonly customTags: readonly CustomTag[];
  readonly #messages: ReadonlyMap<string, MessageRules>;
  readonly #validator = new MessageValidator(VALIDATE_ALL);
  readonly #batch = new FixBatch(undefined, {});
  readonly #encoder = new FixEncoder();

  /** Throws ConfigError (HR_FIX_SETTINGS) with every rule that cannot be kept. */
  constructor(
    readonly profile: PlatformProfile,
    private readonly own: OwnRules,
  ) {
    const { beginString, customTags = [], messages = {} } = own;
    const standard = builtInDictionaries(beginString);
    invariant(standard !== undefined, 'a platform of an unknown version', { beginString });
    const types = new Set([...Object.keys(profile.messages), ...Object.keys(messages)]);
    this.#messages = new Map(
      [...types].map(type => [type, joined(profile.messages[type] ?? {}, messages[type] ?? {})]),
    );
    this.customTags = [...profile.customTags, ...customTags];
    this.dictionary = extended(standard, this.customTags, this.#messages);
    const faults = this.#faults(standard, customTags);
    if (faults.length > 0) throw new ConfigError('HR_FIX_SETTINGS', faults.join('\n'));
  }

  /** For the session: its version's dictionary is the platform's. */
  get dictionaries(): Dictionaries {
    return version => (version === this.own.beginString ? this.dictionary : builtInDictionaries(version));
  }

  /** Whether a message may come from the platform (`in`), go to it (`out`), or both. */
  allows(direction: 'in' | 'out', msgType: string): boolean {
    return this.profile[direction].includes(msgType);
  }

  /** Gives values the platform's words, fills in defaults, and checks every field of the message. */
  readonly compose: ComposeMessage = (msgType, fields) => {
    const { defaults = {}, values = {} } = this.#messages.get(msgType) ?? {};
    if (!this.allows('out', msgType) && !this.allows('in', msgType))
      return refusal(
        'msgType',
        msgType,
        `one of ${[...new Set([...this.profile.out, ...this.profile.in])].join(', ')}`,
      );
    const given = new Set(fields.map(({ tag }) => tag));
    const added = Object.entries(defaults).filter(([tag]) => !given.has(Number(tag)));
    const composed = [
      ...fields.map(one => ({ ...one, value: values[one.tag]?.[one.value] ?? one.value })),
      ...added.map(([tag, value]) => ({ tag: Number(tag), value })),
    ];
    return this.#fault(msgType, composed) ?? composed;
  };

  /** What is wrong with fields that an order is to have beside its own; undefined: nothing. */
  furtherFault(fields: readonly MessageField[]): FieldRefusal | undefined {
    const { header, trailer } = this.dictionary;
    for (const { tag, value } of fields) {
      if (!(Number.isInteger(tag) && tag > 0 && tag < TAG_END))
        return refusal('fields', String(tag), 'a tag, such as 100');
      const isOurs = header.members.has(tag) || trailer.members.has(tag) || [...JUDGED, 59, 60].includes(tag);
      if (isOurs) return refusal(`fields.${tag}`, value, 'no field of the header, or that the order itself says');
      if (UNJUDGED.includes(tag)) return refusal(`fields.${tag}`, value, 'no quantity or price beside those judged');
    }
    return undefined;
  }

  #fault(msgType: string, fields: readonly MessageField[]): FieldRefusal | undefined {
    const layout = this.dictionary.message(msgType);
    this.#encoder.begin(this.own.beginString, msgType);
    try {
      writeFields(this.#encoder, HEADER);
      writeFields(this.#encoder, fields, layout);
    } catch (error) {
      return refusal(`${msgType}.fields`, (error as Error).message, 'values that a message can hold');
    }
    const bytes = this.#encoder.finish();
    const isWhole = this.#batch.scan(bytes, 0, bytes.length) === 1 && this.#batch.statusOf(0) === STATUS.ok.code;
    // A length that is not that of its data reaches into what follows.
    if (!isWhole) return refusal(`${msgType}.fields`, '', 'fields that can be told apart');
    const reason = this.#validator.check(this.#batch.select(0), msgType, this.dictionary, this.dictionary);
    return reason < 0 ? undefined : this.#refusalOf(msgType, reason, fields);
  }

  #refusalOf(msgType: string, reason: number, fields: readonly MessageField[]): FieldRefusal {
    const { tag } = this.#validator;
    const name = this.dictionary.field(tag)?.name ?? 'not in the dictionary';
    const value = fields.find(one => one.tag === tag)?.value ?? '';
    const { forbidden = [] } = this.#messages.get(msgType) ?? {};
    const limit = forbidden.includes(tag) ? `forbidden by ${this.profile.name}` : (REJECT_TEXT[reason] ?? '');
    return refusal(`${msgType}.${tag}`, value, `${name}: ${limit}`);
  }

  #faults(standard: FixDictionary, customTags: readonly CustomTag[]): string[] {
    const faults = customTags.flatMap(({ tag, messages }) => [
      ...(tag >= CUSTOM_TAG_MIN
        ? []
        : [`customTags: ${tag} is a tag of the standard; its own begin at ${CUSTOM_TAG_MIN}`]),
      ...messages
        .filter(type => standard.message(type) === undefined)
        .map(type => unknownType('customTags', type, standard)),
    ]);
    for (const type of Object.keys(this.own.messages ?? {}))
      faults.push(...this.#faultsOf(type, this.#messages.get(type) ?? {}, standard));
    return faults;
  }

  #faultsOf(type: string, rules: MessageRules, standard: FixDictionary): string[] {
    const { required = [], forbidden = [], defaults = {}, values = {} } = rules;
    const at = `messages.${type}`;
    if (standard.message(type) === undefined) return [unknownType(at, type, standard)];
    const tags = [...required, ...forbidden, ...Object.keys(defaults).map(Number), ...Object.keys(values).map(Number)];
    const unknown = tags.filter(tag => this.dictionary.field(tag) === undefined);
    const standardRequired = standard.message(type)?.required ?? [];
    return [
      ...unknown.map(tag => `${at}: ${tag} is no field of ${standard.version}; name it in customTags`),
      ...forbidden.filter(tag => required.includes(tag)).map(tag => `${at}: ${tag} is both required and forbidden`),
      ...forbidden
        .filter(tag => standardRequired.includes(tag))
        .map(tag => `${at}.forbidden: ${standard.version} requires ${tag}`),
      ...judgedFaults(type, at, rules),
    ];
  }
}

/** NewOrderSingle alone is judged: what is said of its quantity, price and side is the order's to say. */
function judgedFaults(type: string, at: string, { defaults = {}, values = {} }: MessageRules): string[] {
  if (type !== 'D') return [];
  const said = Object.keys(defaults)
    .map(Number)
    .filter(tag => [...JUDGED, ...UNJUDGED, 59].includes(tag));
  const mapped = Object.keys(values)
    .map(Number)
    .filter(tag => [...JUDGED, ...UNJUDGED].includes(tag) && !RENAMED.includes(tag));
  return [
    ...said.map(tag => `${at}.defaults: ${tag} is judged before the order is sent, so the order says it`),
    ...mapped.map(tag => `${at}.values: ${tag} is judged before the order is sent, and stays as it is`),
  ];
}

function unknownType(at: string, type: string, { version }: FixDictionary): string {
  return `${at}: ${version} has no message ${type}`;
}

function refusal(rule: string, value: string, limit: string): FieldRefusal {
  return { rule, value, limit };
}

function joined(profile: MessageRules, own: MessageRules): MessageRules {
  return {
    required: [...new Set([...(profile.required ?? []), ...(own.required ?? [])])],
    forbidden: [...new Set([...(profile.forbidden ?? []), ...(own.forbidden ?? [])])],
    defaults: { ...profile.defaults, ...own.defaults },
    values: { ...profile.values, ...own.values },
  };
}

function extended(
  standard: FixDictionary,
  customTags: readonly CustomTag[],
  messages: ReadonlyMap<string, MessageRules>,
): FixDictionary {
  const types = new Set([...messages.keys(), ...customTags.flatMap(tag => tag.messages)]);
  const changes = [...types].map(msgType => ({
    msgType,
    added: customTags.filter(tag => tag.messages.includes(msgType)).map(({ tag }) => tag),
    required: messages.get(msgType)?.required ?? [],
    forbidden: messages.get(msgType)?.forbidden ?? [],
  }));
  return standard.extended(customTags, changes);
}
