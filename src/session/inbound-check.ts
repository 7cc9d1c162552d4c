import {
  APPL_VER_ID,
  MessageValidator,
  REJECT_REASON,
  type Dictionaries,
  type FixDictionary,
  type FixMessage,
} from '../codec/index.js';
import { ConfigError } from '../model/index.js';
import { sessionName, type SessionSettings } from './settings.js';
import { TAG, isAdmin } from './tags.js';

/** Finds the dictionaries that explain a message, and checks it against them. */
export class InboundCheck {
  readonly #validator: MessageValidator;
  readonly transport: FixDictionary;
  #defaultApplication: FixDictionary;
  /** DefaultApplVerID (1137) of the last Logon; undefined before FIXT. */
  defaultApplVerID: string | undefined;

  constructor(
    private readonly settings: SessionSettings,
    private readonly dictionaries: Dictionaries,
  ) {
    this.#validator = new MessageValidator(settings.validation);
    this.transport = this.#required(settings.beginString);
    this.#defaultApplication = this.#required(settings.defaultApplVerID ?? settings.beginString);
  }

  /** The tag of the fault last found. */
  get tag(): number {
    return this.#validator.tag;
  }

  /**
   * FIXT: the counterparty's Logon says which version both sides speak by default. Returns false when it names none we know;
   * before FIXT there is nothing to learn.
   */
  learnDefault(logon: FixMessage): boolean {
    if (this.settings.beginString !== 'FIXT.1.1') return true;
    const applVerID = logon.textOf(TAG.DefaultApplVerID) ?? '';
    const dictionary = this.#byApplVerID(applVerID);
    if (dictionary === undefined) return false;
    this.#defaultApplication = dictionary;
    this.defaultApplVerID = applVerID;
    return true;
  }

  /** A REJECT_REASON, `none` for a sound message. */
  check(message: FixMessage, msgType: string): number {
    if (!this.settings.useDictionary) return REJECT_REASON.none;
    const application = isAdmin(msgType) ? this.transport : this.applicationOf(message);
    if (application !== undefined) return this.#validator.check(message, msgType, this.transport, application);
    this.#validator.tag = TAG.ApplVerID;
    return REJECT_REASON.valueIsIncorrect;
  }

  /** The dictionary of an application message's body; undefined when its ApplVerID (1128) is not known. */
  applicationOf(message: FixMessage): FixDictionary | undefined {
    if (this.settings.beginString !== 'FIXT.1.1') return this.transport;
    const applVerID = message.textOf(TAG.ApplVerID);
    return applVerID === undefined ? this.#defaultApplication : this.#byApplVerID(applVerID);
  }

  #byApplVerID(id: string): FixDictionary | undefined {
    const version = APPL_VER_ID[id];
    return version === undefined ? undefined : this.dictionaries(version);
  }

  #required(version: string): FixDictionary {
    const dictionary = this.dictionaries(version);
    if (dictionary !== undefined) return dictionary;
    throw new ConfigError('HR_FIX_DICTIONARY', `session ${sessionName(this.settings)}: no dictionary of ${version}`);
  }
}
