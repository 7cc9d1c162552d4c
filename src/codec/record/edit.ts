import { STATUS } from '../../model/index.js';
import { MASK, MASK_FLAG } from './edited-mask.js';
import { LEAF, MASK_SHIFT } from './leaf.js';
import type { Digits, LeafAt } from './number.js';

/*
 * A number by the rules of PICTURE clause editing (Enterprise COBOL Language Reference), as MOVE to an edited item has it. The
 * twin of native/codec/copybook-edit.cc.
 */

const [SPACE, STAR, PLUS, COMMA, MINUS, POINT, ZERO] = [0x20, 0x2a, 0x2b, 0x2c, 0x2d, 0x2e, 0x30];
const [NINE, DOLLAR, B, C, D, R, Z] = [0x39, 0x24, 0x42, 0x43, 0x44, 0x52, 0x5a];

/** What a mask says as a whole. */
interface Mask {
  readonly symbols: Uint8Array; // without CR and DB
  readonly credit: readonly number[]; // CR or DB, or nothing
  readonly floating: number; // the symbol that floats, or 0
  readonly fill: number;
  readonly suppressible: boolean; // no digit stands whatever its value
  readonly signed: boolean;
  readonly currency: number; // its last character
  readonly before: readonly number[]; // those before it
  readonly decimalComma: boolean;
  readonly blankWhenZero: boolean;
}

function readMask(masks: Uint8Array, at: number): Mask {
  const view = new DataView(masks.buffer, masks.byteOffset + at);
  const end = MASK.symbols + view.getUint32(MASK.length, true);
  const all = masks.subarray(at + MASK.symbols, at + end);
  const flags = masks[at + MASK.flags]!;
  const hasCredit = (all.at(-1) === R && all.at(-2) === C) || (all.at(-1) === B && all.at(-2) === D);
  const symbols = hasCredit ? all.subarray(0, -2) : all;
  const count = (symbol: number): number => symbols.reduce((sum, one) => sum + (one === symbol ? 1 : 0), 0);
  return {
    symbols,
    credit: hasCredit ? [...all.subarray(-2)] : [],
    floating: [PLUS, MINUS, DOLLAR].find(symbol => count(symbol) > 1) ?? 0,
    fill: count(STAR) > 0 ? STAR : SPACE,
    suppressible: count(NINE) === 0,
    signed: hasCredit || count(PLUS) + count(MINUS) > 0,
    currency: view.getUint16(MASK.currency, true),
    before: Array.from({ length: masks[at + MASK.before]! }, (_, index) => view.getUint16(end + index * 2, true)),
    decimalComma: (flags & MASK_FLAG.decimalComma) !== 0,
    blankWhenZero: (flags & MASK_FLAG.blankWhenZero) !== 0,
  };
}

/**
 * Edits a number, at the leaf's scale, into code points; a status: digitsOverflow where digits would be lost on the left,
 * badSign where a minus would.
 */
export function editNumber(leaf: LeafAt, masks: Uint8Array, number: Digits, out: number[]): number {
  const digits = leaf.leaves[leaf.at + LEAF.digits]!;
  const scale = leaf.leaves[leaf.at + LEAF.scale]!;
  const mask = readMask(masks, (leaf.leaves[leaf.at + LEAF.blanks]! >> MASK_SHIFT) - 1);
  let first = 0;
  while (first < number.count && number.digits[first] === 0) first++;
  const isZero = first === number.count;
  if (number.count - first > digits) return STATUS.digitsOverflow.code;
  if (number.negative && !isZero && !mask.signed) return STATUS.badSign.code;
  out.length = 0;
  if (isZero && (mask.blankWhenZero || mask.suppressible)) blank(mask, out);
  else new Editor(mask, number, out).edit(digits, scale > 0 ? digits - scale : digits);
  return STATUS.ok.code;
}

/** An item without one digit to show: spaces, or asterisks with the point between them. */
function blank({ symbols, credit, fill, blankWhenZero, decimalComma, before }: Mask, out: number[]): void {
  const point = decimalComma ? COMMA : POINT;
  const stars = fill === STAR && !blankWhenZero;
  for (let index = 0; index < before.length; index++) out.push(stars ? STAR : SPACE);
  for (const symbol of [...symbols, ...credit]) out.push(stars ? (symbol === POINT ? point : STAR) : SPACE);
}

class Editor {
  private readonly negative: boolean;
  /** Whether a digit has been shown, or the point reached: nothing is suppressed from there on. */
  private shown = false;
  /** Where the last suppressed position is, -1 before the first symbol that suppresses. */
  private suppressed = -1;

  constructor(
    private readonly mask: Mask,
    private readonly number: Digits,
    private readonly out: number[],
  ) {
    this.negative = number.negative && !number.isZero();
  }

  /** `whole` digits stand left of the point. */
  edit(digits: number, whole: number): void {
    const { mask, out } = this;
    let index = 0;
    let floats = mask.floating !== 0; // the first symbol of a floating string holds no digit
    for (const symbol of mask.symbols) {
      if (symbol === mask.floating && floats) {
        floats = false;
        if (symbol === DOLLAR) for (let place = 0; place < mask.before.length; place++) this.suppress();
        this.suppress();
      } else if (symbol === NINE || symbol === Z || symbol === STAR || symbol === mask.floating) {
        if (symbol === NINE || index >= whole) this.shown = true;
        this.digit(digits - 1 - index++);
      } else this.insert(symbol);
    }
    for (const symbol of mask.credit) out.push(this.negative ? symbol : SPACE);
    if (mask.floating !== 0) out[this.suppressed] = this.sign(mask.floating);
    if (mask.floating === DOLLAR)
      for (let index = 0; index < mask.before.length; index++)
        out[this.suppressed - mask.before.length + index] = mask.before[index]!;
  }

  private digit(fromRight: number): void {
    const at = this.number.count - 1 - fromRight;
    const digit = at < 0 ? 0 : this.number.digits[at]!;
    if (digit !== 0) this.shown = true;
    if (this.shown) this.out.push(ZERO + digit);
    else this.suppress();
  }

  private suppress(): void {
    this.suppressed = this.out.length;
    this.out.push(this.mask.fill);
  }

  private insert(symbol: number): void {
    const { decimalComma } = this.mask;
    if (symbol === POINT) {
      this.shown = true;
      this.out.push(decimalComma ? COMMA : POINT);
    } else if (symbol === PLUS || symbol === MINUS) this.out.push(this.sign(symbol));
    else if (symbol === DOLLAR) this.out.push(...this.mask.before, this.mask.currency);
    else if (!this.shown && this.suppressed >= 0) this.suppress();
    else this.out.push(symbol === B ? SPACE : symbol === COMMA && decimalComma ? POINT : symbol);
  }

  private sign(symbol: number): number {
    if (symbol === DOLLAR) return this.mask.currency;
    return this.negative ? MINUS : symbol === PLUS ? PLUS : SPACE;
  }
}
