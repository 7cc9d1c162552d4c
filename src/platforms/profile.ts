import type { CustomField } from '../codec/index.js';
import type { SessionSettings } from '../session/index.js';

/** What a platform asks of one type of message, by tag. Fields are those outside groups. */
export interface MessageRules {
  readonly required?: readonly number[] | undefined;
  readonly forbidden?: readonly number[] | undefined;
  /** Written where the sender says nothing. */
  readonly defaults?: Readonly<Record<string, string>> | undefined;
  /** The desk's word for a value and the platform's. */
  readonly values?: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
}

/** A field that the standard has not, and the messages it may stand in. */
export interface CustomTag extends CustomField {
  readonly messages: readonly string[];
}

/** Fields of a step by tag; a group's counter has its entries. Words in braces are filled in, see `StepWords`. */
export interface StepFields {
  readonly [tag: string]: string | readonly StepFields[];
}

interface StepPlace {
  readonly name: string;
  /** Versions it is for; all unless told. */
  readonly versions?: readonly string[];
}

export interface SendStep extends StepPlace {
  readonly send: string;
  readonly fields: StepFields;
  /** Fields that one version wants beside them. */
  readonly only?: Readonly<Record<string, StepFields>>;
}

export interface ExpectStep extends StepPlace {
  /** Types that answer, one of them. */
  readonly expect: readonly string[];
  /** By tag: a value, several with | between, or * for any. Numbers are compared as numbers. */
  readonly fields: Readonly<Record<string, string>>;
  /** What may come before it, as often as it likes: a partial fill before the last. */
  readonly passing?: Readonly<Record<string, string>>;
}

/** One conversation with the platform, complete in itself. */
export interface Scenario {
  readonly name: string;
  readonly versions?: readonly string[];
  readonly steps: readonly (SendStep | ExpectStep)[];
}

/** A kind of trading platform, all of it data: how a session with it is set, what its messages may hold, and how it shows that it conforms. */
export interface PlatformProfile {
  readonly name: string;
  readonly summary: string;
  /** Versions it speaks, the usual one first. */
  readonly beginStrings: readonly string[];
  readonly session: Partial<Pick<SessionSettings, 'heartBtIntSeconds' | 'resetOnLogon' | 'validation'>>;
  /** Types of application messages, `out` from the desk to the platform, `in` the other way. */
  readonly out: readonly string[];
  readonly in: readonly string[];
  readonly messages: Readonly<Record<string, MessageRules>>;
  readonly customTags: readonly CustomTag[];
  readonly script: readonly Scenario[];
}
