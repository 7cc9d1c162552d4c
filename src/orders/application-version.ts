import { hasFormat, type FieldLayout, type FixDictionary, type FixEncoder } from '../codec/index.js';
import { invariant } from '../model/index.js';

/** The versions of FIX in the order they came; the names of FIXT's application versions are greater as texts too. */
const FIRST_WITH_EXEC_TYPES_OF_TRADES = 'FIX.4.3';

/** What the messages of a session's application version hold: FIX.4.0 to 4.4, and of FIXT.1.1 its DefaultApplVerID. */
export class ApplicationVersion {
  /** 'FIX.4.0' … 'FIX.5.0SP2'. */
  readonly name: string;
  readonly #dictionary: FixDictionary;

  constructor(dictionary: FixDictionary) {
    this.name = dictionary.version;
    this.#dictionary = dictionary;
  }

  /** Whether trades, busts and corrects have ExecTypes (150) of their own; before 4.3 ExecTransType (20) tells them apart. */
  get hasTradeExecTypes(): boolean {
    return this.name >= FIRST_WITH_EXEC_TYPES_OF_TRADES;
  }

  /** The fields of a message of this version, or undefined where it has no such message. */
  layout(msgType: string): FieldLayout | undefined {
    return this.#dictionary.message(msgType);
  }

  /** Whether a field of this version takes the value: of its format, and one of those it lists. An ExecID (17) of FIX.4.0 is a number. */
  takes(tag: number, value: string): boolean {
    const fact = this.#dictionary.field(tag);
    if (fact === undefined) return false;
    const bytes = Buffer.from(value, 'latin1');
    if (!hasFormat(fact.format, bytes, 0, bytes.length)) return false;
    return fact.values === undefined || fact.multiple || fact.values.has(value);
  }

  /** Writes the fields of one of our own messages that this version has in it. */
  body(encoder: FixEncoder, msgType: string): VersionedBody {
    const layout = this.layout(msgType);
    invariant(layout !== undefined, 'a message of our own is one of the session’s version', { msgType });
    return new VersionedBody(encoder, this, layout);
  }
}

/** The body of a message of our own, given with every field that some version wants: what this one has not is left out. */
export class VersionedBody {
  constructor(
    readonly encoder: FixEncoder,
    private readonly version: ApplicationVersion,
    private readonly layout: FieldLayout,
  ) {}

  /** A field of every version that has it; one whose value this version does not list is left out where it may be. */
  field(tag: number, value: string): this {
    const { members, required } = this.layout;
    if (members.has(tag) && (this.version.takes(tag, value) || required.includes(tag))) this.encoder.field(tag, value);
    return this;
  }

  /** A field that stands only where this version asks for it. */
  needed(tag: number, value: string): this {
    return this.layout.required.includes(tag) ? this.field(tag, value) : this;
  }

  /** ExecType (150) of a report that only says where an order stands: a type of its own since 4.3, before it the OrdStatus. */
  statusType(ordStatus: string): string {
    return this.version.hasTradeExecTypes ? 'I' : ordStatus;
  }

  /** Whether the message has a field in this version, and not as the counter of a group. */
  hasPlain(tag: number): boolean {
    return this.layout.members.has(tag) && !this.layout.groups.has(tag);
  }

  /** TransactTime (60). */
  time(timeNs: bigint): this {
    if (this.layout.members.has(60)) this.encoder.timestampField(60, timeNs, 3);
    return this;
  }
}
