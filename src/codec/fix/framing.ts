import { STATUS } from '../../model/index.js';

const SOH = 0x01;
const EQUALS = 0x3d;
const ZERO = 0x30;
const NINE = 0x39;
const BEGIN = [0x38, EQUALS, 0x46, 0x49, 0x58] as const; // 8=FIX
const BEGIN_STRING_SIZE_MAX = 12; // FIXT.1.1 has 8
const LENGTH_DIGITS_MAX = 9;
const TRAILER_SIZE = 7; // 10=ddd and SOH

/**
 * Finds the next message in a stretch of received bytes, as QuickFIX's parser does: skip to BeginString, trust BodyLength to
 * find `<SOH>10=`, and where it is not there take the next one and call the whole garbled. Ours asks for `8=FIX`, so
 * that `108=` in the rest of a garbled message is no beginning, and BodyLength right after it, as the standard does.
 *
 * The answer to the same bytes does not depend on how they were cut into calls.
 */
export class Framing {
  status: number = STATUS.ok.code;
  /** Where the message begins; after `next` returned false: the first byte that must be kept. */
  start = 0;
  /** Where the search for the following message begins. */
  end = 0;
  /** Where `10=` begins, when the status is ok. */
  trailer = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #to = 0;

  constructor(readonly messageSizeMax: number) {}

  /** Finds the next message in `bytes[from, to)`; false when more bytes are needed. */
  next(bytes: Uint8Array, from: number, to: number): boolean {
    this.#bytes = bytes;
    this.#to = to;
    this.start = this.#findBegin(from);
    const lengthAt = this.#beginStringEnd();
    if (lengthAt < 0) return false;
    if (lengthAt === 0) return true;
    const bodyStart = this.#bodyStart(lengthAt);
    if (bodyStart < 0) return false;
    if (bodyStart === 0) return true;
    return this.#body();
  }

  #refuse(status: number, end: number): boolean {
    this.status = status;
    this.end = end;
    return true;
  }

  #findBegin(from: number): number {
    let at = from;
    while (at < this.#to && !this.#beginsAt(at)) at++;
    return at;
  }

  /** True where `8=FIX` stands, or as much of it as has arrived. */
  #beginsAt(at: number): boolean {
    const count = Math.min(BEGIN.length, this.#to - at);
    for (let index = 0; index < count; index++) if (this.#bytes[at + index] !== BEGIN[index]) return false;
    return true;
  }

  /** Offset of BodyLength's value; -1 when more bytes are needed, 0 when the message was refused. */
  #beginStringEnd(): number {
    const bytes = this.#bytes;
    const limit = Math.min(this.start + 2 + BEGIN_STRING_SIZE_MAX + 1, this.#to);
    let at = this.start + BEGIN.length;
    while (at < limit && bytes[at] !== SOH) at++;
    if (at >= limit) {
      if (limit === this.#to && at < this.start + 2 + BEGIN_STRING_SIZE_MAX + 1) return -1;
      this.#refuse(STATUS.garbled.code, this.start + 2);
      return 0;
    }
    const wrong = (at + 1 < this.#to && bytes[at + 1] !== NINE) || (at + 2 < this.#to && bytes[at + 2] !== EQUALS);
    if (wrong) {
      this.#refuse(STATUS.garbled.code, at + 1);
      return 0;
    }
    return at + 3 > this.#to ? -1 : at + 3;
  }

  /** Reads BodyLength and sets `trailer`; returns where the body begins, -1 or 0 as above. */
  #bodyStart(lengthAt: number): number {
    const bytes = this.#bytes;
    let length = 0;
    let at = lengthAt;
    for (; at < this.#to && bytes[at] !== SOH; at++) {
      const digit = bytes[at]! - ZERO;
      if (digit < 0 || digit > 9 || at - lengthAt >= LENGTH_DIGITS_MAX) {
        this.#refuse(STATUS.badBodyLength.code, at);
        return 0;
      }
      length = length * 10 + digit;
    }
    if (at >= this.#to) return -1;
    if (at === lengthAt) {
      this.#refuse(STATUS.badBodyLength.code, at);
      return 0;
    }
    this.trailer = at + 1 + length;
    if (this.trailer + TRAILER_SIZE - this.start > this.messageSizeMax) {
      this.#refuse(STATUS.tooLong.code, at + 1);
      return 0;
    }
    return at + 1;
  }

  #body(): boolean {
    const end = this.trailer + TRAILER_SIZE;
    if (end > this.#to) return false;
    if (this.#isTrailer(this.trailer) && this.#bytes[end - 1] === SOH) {
      return this.#refuse(this.#checkSumHolds() ? STATUS.ok.code : STATUS.badCheckSum.code, end);
    }
    return this.#bodyOfWrongLength();
  }

  #isTrailer(at: number): boolean {
    const bytes = this.#bytes;
    return bytes[at] === 0x31 && bytes[at + 1] === ZERO && bytes[at + 2] === EQUALS && bytes[at - 1] === SOH;
  }

  /** Takes the message to the next CheckSum field from where BodyLength pointed. */
  #bodyOfWrongLength(): boolean {
    const limit = Math.min(this.#to, this.start + this.messageSizeMax);
    let at = this.trailer;
    while (at + 3 <= limit && !this.#isTrailer(at)) at++;
    const asTold = at === this.trailer;
    if (at + 3 <= limit) {
      for (at += 3; at < limit; at++) {
        if (this.#bytes[at] === SOH)
          return this.#refuse(asTold ? STATUS.badCheckSum.code : STATUS.badBodyLength.code, at + 1);
      }
    }
    // Skips all that was searched, so hostile bytes cost no more than one look each.
    if (this.#to - this.start >= this.messageSizeMax) return this.#refuse(STATUS.tooLong.code, limit);
    return false;
  }

  #checkSumHolds(): boolean {
    const bytes = this.#bytes;
    const { trailer } = this;
    let sum = 0;
    let from = this.start;
    for (; from + 4 <= trailer; from += 4) sum += bytes[from]! + bytes[from + 1]! + bytes[from + 2]! + bytes[from + 3]!;
    for (; from < trailer; from++) sum += bytes[from]!;
    let told = 0;
    for (let at = trailer + 3; at < trailer + 6; at++) {
      const digit = bytes[at]! - ZERO;
      if (digit < 0 || digit > 9) return false;
      told = told * 10 + digit;
    }
    return (sum & 0xff) === told;
  }
}
