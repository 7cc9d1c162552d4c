import { FixEncoder, RAW_DATA_TABLE, type FixMessage } from '../codec/index.js';
import { isBefore42, type SessionSettings } from './settings.js';
import { TAG } from './tags.js';

/** Writes the body of a message, fields in ascending tag order, after the header fields of the session. */
export type WriteBody = (encoder: FixEncoder) => void;

// Of a request's header, what goes back turned round in its answer, in ascending order of the answer's tags.
const ROUTES: readonly { readonly answer: number; readonly request: number; readonly from41: boolean }[] = [
  { answer: TAG.OnBehalfOfCompID, request: TAG.DeliverToCompID, from41: false },
  { answer: TAG.OnBehalfOfSubID, request: TAG.DeliverToSubID, from41: false },
  { answer: TAG.DeliverToCompID, request: TAG.OnBehalfOfCompID, from41: false },
  { answer: TAG.DeliverToSubID, request: TAG.OnBehalfOfSubID, from41: false },
  { answer: TAG.OnBehalfOfLocationID, request: TAG.DeliverToLocationID, from41: true },
  { answer: TAG.DeliverToLocationID, request: TAG.OnBehalfOfLocationID, from41: true },
];

// What a resent message or a Reject may be longer than the longest message taken in.
const HEADER_ROOM = 4096;

/** Header fields the session writes itself when it sends a stored message again. */
const OWN_HEADER = new Set<number>([
  TAG.BeginString,
  9,
  TAG.MsgType,
  TAG.MsgSeqNum,
  TAG.PossDupFlag,
  TAG.SenderCompID,
  TAG.SenderSubID,
  TAG.SendingTime,
  TAG.TargetCompID,
  TAG.TargetSubID,
  TAG.OrigSendingTime,
  TAG.LastMsgSeqNumProcessed,
  10,
]);

/** Puts messages into bytes: 8, 9, 35, then the header in ascending tag order, then the body. Bytes hold until the next call. */
export class MessageWriter {
  readonly #encoder: FixEncoder;

  /** `lastProcessed`: the number of the counterparty's last message taken, for sessions that tell it. */
  constructor(
    private readonly settings: SessionSettings,
    private readonly lastProcessed: () => number = () => 0,
  ) {
    this.#encoder = new FixEncoder(settings.messageSizeMax + HEADER_ROOM);
  }

  write(msgType: string, msgSeqNum: number, nowNs: bigint, writeBody: WriteBody): Uint8Array {
    this.#header(msgType, msgSeqNum, nowNs, false);
    writeBody(this.#encoder);
    return this.#encoder.finish();
  }

  /** SequenceReset-GapFill: PossDupFlag and OrigSendingTime stand in it as in any answer to a ResendRequest. */
  gapFill(msgSeqNum: number, newSeqNo: number, nowNs: bigint): Uint8Array {
    this.#header('4', msgSeqNum, nowNs, true);
    this.#encoder.timestampField(TAG.OrigSendingTime, nowNs, this.settings.timestampDecimals);
    this.#encoder.field(TAG.NewSeqNo, newSeqNo).field(TAG.GapFillFlag, 'Y');
    return this.#encoder.finish();
  }

  /** A stored message again: its own number and body, PossDupFlag, a new SendingTime, the old one as OrigSendingTime. */
  resend(stored: FixMessage, msgSeqNum: number, nowNs: bigint): Uint8Array {
    this.#header(stored.msgType, msgSeqNum, nowNs, true);
    const origSendingTime = stored.textOf(TAG.SendingTime) ?? '';
    let dated = false;
    for (let index = 0; index < stored.fieldCount;) {
      const tag = stored.tagAt(index);
      if (OWN_HEADER.has(tag)) {
        index++;
        continue;
      }
      // 122 goes before the first field above it that is of the header, or before the body, whichever comes first.
      if (!dated && !(tag > TAG.TargetCompID && tag < TAG.OrigSendingTime && isRoute(tag))) {
        this.#encoder.field(TAG.OrigSendingTime, origSendingTime);
        dated = true;
      }
      index = copyField(this.#encoder, stored, index);
    }
    if (!dated) this.#encoder.field(TAG.OrigSendingTime, origSendingTime);
    return this.#encoder.finish();
  }

  #header(msgType: string, msgSeqNum: number, nowNs: bigint, possDup: boolean): void {
    const { beginString, senderCompID, senderSubID, targetCompID, targetSubID, enableLastMsgSeqNumProcessed } =
      this.settings;
    const encoder = this.#encoder.begin(beginString, msgType).field(TAG.MsgSeqNum, msgSeqNum);
    if (possDup) encoder.field(TAG.PossDupFlag, 'Y');
    encoder.field(TAG.SenderCompID, senderCompID);
    if (senderSubID !== undefined) encoder.field(TAG.SenderSubID, senderSubID);
    encoder.timestampField(TAG.SendingTime, nowNs, this.settings.timestampDecimals);
    encoder.field(TAG.TargetCompID, targetCompID);
    if (targetSubID !== undefined) encoder.field(TAG.TargetSubID, targetSubID);
    if (enableLastMsgSeqNumProcessed) encoder.field(TAG.LastMsgSeqNumProcessed, this.lastProcessed());
  }
}

/**
 * Writes field `index` of a message as it stands and returns the index after it; a LENGTH field goes together with the DATA
 * field behind it, whose bytes may hold SOH.
 */
export function copyField(encoder: FixEncoder, message: FixMessage, index: number): number {
  const tag = message.tagAt(index);
  const dataTag = RAW_DATA_TABLE[tag] ?? 0;
  const [start, end] = [message.valueStartAt(index), message.valueEndAt(index)];
  if (dataTag === 0 || index + 1 >= message.fieldCount || message.tagAt(index + 1) !== dataTag) {
    encoder.bytesField(tag, message.bytes, start, end);
    return index + 1;
  }
  const data = message.bytes.subarray(message.valueStartAt(index + 1), message.valueEndAt(index + 1));
  encoder.dataField(tag, dataTag, data);
  return index + 2;
}

// PossResend and the routing fields below OrigSendingTime.
function isRoute(tag: number): boolean {
  return tag === 97 || tag === TAG.OnBehalfOfCompID || tag === TAG.OnBehalfOfSubID;
}

/** Sends a request's routing fields back the way they came: on behalf of ↔ deliver to. Empty ones are left out. */
export function writeReverseRoute(encoder: FixEncoder, request: FixMessage): void {
  const has41 = !isBefore42(request.beginString) || request.beginString === 'FIX.4.1';
  for (const { answer, request: tag, from41 } of ROUTES) {
    if (from41 && !has41) continue;
    const value = request.textOf(tag);
    if (value !== undefined && value !== '') encoder.field(answer, value);
  }
}
