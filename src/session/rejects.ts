import { REJECT_REASON, REJECT_TEXT, type FixMessage } from '../codec/index.js';
import type { SessionLink } from './link.js';
import { isBefore42 } from './settings.js';
import { MSG_TYPE, TAG } from './tags.js';
import { writeReverseRoute } from './writer.js';

/** BusinessRejectReason (380): Unsupported Message Type, and Conditionally Required Field Missing. */
export const BUSINESS_REASON = { unsupportedMessageType: 3, conditionallyRequiredFieldMissing: 5 } as const;

const BUSINESS_TEXT: Readonly<Record<number, string>> = {
  3: 'Unsupported Message Type',
  5: 'Conditionally Required Field Missing',
};

function takesNumber(msgType: string): boolean {
  return msgType !== MSG_TYPE.Logon && msgType !== MSG_TYPE.SequenceReset;
}

/** SessionRejectReason came with FIX.4.2, with values up to Invalid MsgType. */
function hasReason(beginString: string, reason: number): boolean {
  if (isBefore42(beginString)) return false;
  return beginString !== 'FIX.4.2' || reason <= REJECT_REASON.invalidMsgType;
}

// FIX.4.2 gave the tag a field of its own, RefTagID; before that it stands in the text.
function textWithTag(beginString: string, text: string, tag: number | undefined): string {
  return isBefore42(beginString) && tag !== undefined ? `${text} (${tag})` : text;
}

/**
 * Answers a message with a Reject (3) and takes its number, as a SequenceReset and a Logon never do. `tag` is left out where
 * the fault is not of one field. Before the logon a Reject is not allowed: the connection ends instead, as it does by a Logout where the
 * settings say so.
 */
export function reject(link: SessionLink, message: FixMessage, reason: number, tag?: number): void {
  const text = REJECT_TEXT[reason] ?? '';
  if (!link.receivedLogon) return link.disconnect(`${text} before the logon`);
  const { disconnectOnError, resetOnError } = link.settings;
  const msgType = message.msgType;
  const refSeqNum = message.textOf(TAG.MsgSeqNum);
  const isTaken = link.take(message, takesNumber(msgType) ? message.integerOf(TAG.MsgSeqNum) : 0);
  link.event('reject', `${textWithTag('FIX.4.0', text, tag)} in message ${refSeqNum ?? '?'} (35=${msgType})`);
  const ends = disconnectOnError || resetOnError;
  if (ends && !link.sentLogout) link.logout(textWithTag('FIX.4.0', text, tag));
  if (!ends) writeReject(link, message, { text, reason, tag });
  if (isTaken) link.actions.refused?.(message, textWithTag('FIX.4.0', text, tag));
  if (resetOnError) link.reset('ResetOnError');
  if (ends) link.disconnect(text);
}

interface RejectWords {
  readonly text: string;
  readonly reason: number;
  readonly tag: number | undefined;
}

function writeReject(link: SessionLink, message: FixMessage, { text, reason, tag }: RejectWords): void {
  const { beginString } = link.settings;
  const msgType = message.msgType;
  const refSeqNum = message.textOf(TAG.MsgSeqNum);
  link.transmit(MSG_TYPE.Reject, encoder => {
    writeReverseRoute(encoder, message);
    if (refSeqNum !== undefined && refSeqNum !== '') encoder.field(TAG.RefSeqNum, refSeqNum);
    encoder.field(TAG.Text, textWithTag(beginString, text, tag));
    if (tag !== undefined && !isBefore42(beginString)) encoder.field(TAG.RefTagID, tag);
    if (!isBefore42(beginString) && msgType !== '') encoder.field(TAG.RefMsgType, msgType);
    if (hasReason(beginString, reason)) encoder.field(TAG.SessionRejectReason, reason);
  });
}

/** Answers an application message already taken: BusinessMessageReject (j) from FIX.4.2, before it a Reject with the text. */
export function businessReject(link: SessionLink, message: FixMessage, reason: number, tag?: number): void {
  const text = textWithTag('FIX.4.0', BUSINESS_TEXT[reason] ?? '', tag);
  link.event('reject', `${text}: 35=${message.msgType}`);
  const before42 = isBefore42(link.settings.beginString);
  answerBusiness(link, message, reason, before42 ? 'Unsupported message type' : text);
}

/** Answers an application message already taken and beyond `throttleIn`; no event, as there may be many. */
export function throttleReject(link: SessionLink, message: FixMessage, text: string): void {
  answerBusiness(link, message, BUSINESS_REASON.unsupportedMessageType, text);
  link.actions.refused?.(message, text);
}

function answerBusiness(link: SessionLink, message: FixMessage, reason: number, text: string): void {
  const before42 = isBefore42(link.settings.beginString);
  const { msgType } = message;
  link.transmit(before42 ? MSG_TYPE.Reject : MSG_TYPE.BusinessMessageReject, encoder => {
    writeReverseRoute(encoder, message);
    encoder.field(TAG.RefSeqNum, message.textOf(TAG.MsgSeqNum) ?? '');
    encoder.field(TAG.Text, text);
    if (!before42) encoder.field(TAG.RefMsgType, msgType).field(TAG.BusinessRejectReason, reason);
    if (link.defaultApplVerID !== undefined) encoder.field(TAG.DefaultApplVerID, link.defaultApplVerID);
  });
}
