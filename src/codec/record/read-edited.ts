import type { EditedPicture } from './layout.js';

/**
 * The number that the text of an edited item stands for, as MOVE to a number takes it: a decimal literal with the picture's
 * decimals. Undefined where the text has another character than the picture may put there. Spaces at the end may be left out; an
 * item of spaces alone is 0, as a picture of Z or BLANK WHEN ZERO makes it.
 */
export function readEdited(picture: EditedPicture, text: string): string | undefined {
  const trimmed = text.replace(/ +$/, '');
  const size = picture.mask.length + picture.currency.length - 1;
  if (!picture.numeric || trimmed.length > size) return undefined;
  if (trimmed === '') return literal('', picture.scale, false);
  const reader = new EditedReader(picture);
  const single = withSingleSign(trimmed.padEnd(size), picture);
  return single !== undefined && reader.read(single)
    ? literal(reader.digits, picture.scale, reader.negative)
    : undefined;
}

/** The text with the last character of a currency sign in place of all of them, as the mask has it; of a sign that is suppressed one filling. */
function withSingleSign(text: string, { mask, currency }: EditedPicture): string | undefined {
  const before = currency.length - 1;
  if (before === 0) return text;
  const at = text.indexOf(currency);
  const from = at < 0 ? mask.indexOf('$') : at;
  const isFilled = /^(?: *|\**)$/.test(text.slice(from, from + before));
  return at < 0 && !isFilled ? undefined : text.slice(0, from) + text.slice(from + before);
}

/** Digits at a scale, negative where P stands on the right, as a literal. */
function literal(digits: string, scale: number, negative: boolean): string {
  const decimals = Math.max(scale, 0);
  const all = (digits + '0'.repeat(Math.max(-scale, 0))).padStart(decimals + 1, '0');
  const whole = all.slice(0, all.length - decimals).replace(/^0+(?=\d)/, '');
  const sign = negative && /[1-9]/.test(digits) ? '-' : '';
  return sign + whole + (decimals === 0 ? '' : `.${all.slice(all.length - decimals)}`);
}

class EditedReader {
  digits = '';
  negative = false;
  private hasFloated = false;
  private readonly credit: string; // CR, DB or nothing
  private readonly symbols: string;
  private readonly floating: string;
  private readonly fill: string;
  private readonly point: string;

  constructor(private readonly picture: EditedPicture) {
    const { mask, decimalComma } = picture;
    this.credit = /(?:CR|DB)$/.exec(mask)?.[0] ?? '';
    this.symbols = mask.slice(0, mask.length - this.credit.length);
    this.floating = ['+', '-', '$'].find(symbol => this.symbols.split(symbol).length > 2) ?? '';
    this.fill = mask.includes('*') ? '*' : ' ';
    this.point = decimalComma ? ',' : '.';
  }

  read(text: string): boolean {
    const at = this.symbols.length;
    const isFirstFloating = (index: number): boolean => this.symbols.indexOf(this.floating) === index;
    for (let index = 0; index < at; index++)
      if (!this.takes(this.symbols[index]!, text[index]!, this.floating !== '' && isFirstFloating(index))) return false;
    return this.takesCredit(text.slice(at));
  }

  private takesCredit(text: string): boolean {
    if (text === this.credit && text !== '') this.negative = true;
    return text === this.credit || text.trim() === '' || (this.fill === '*' && text === '**');
  }

  /** Whether the character may stand for the symbol; a digit or a minus is kept. */
  private takes(symbol: string, character: string, isFirstFloating: boolean): boolean {
    if (/\d/.test(character) && symbol !== '0') {
      if (isFirstFloating || !this.holdsDigit(symbol)) return false;
      this.digits += character;
      return true;
    }
    if (symbol === '9') return false;
    if (symbol === '.') return character === this.point;
    return this.isFixed(symbol, character) || this.isSuppressed(symbol, character);
  }

  private holdsDigit(symbol: string): boolean {
    return symbol === '9' || symbol === 'Z' || symbol === '*' || symbol === this.floating;
  }

  /** A sign, currency sign or inserted character where the picture has it. */
  private isFixed(symbol: string, character: string): boolean {
    if (symbol === 'B') return character === ' ';
    if (symbol === ',') return character === (this.picture.decimalComma ? '.' : ',');
    if (symbol === '0' || symbol === '/') return character === symbol;
    return symbol !== this.floating && this.isSign(symbol, character);
  }

  private isSign(symbol: string, character: string): boolean {
    if (symbol === '$') return character === this.picture.currency.at(-1);
    if (symbol !== '+' && symbol !== '-') return false;
    if (character === '-') this.negative = true;
    return character === '-' || character === (symbol === '+' ? '+' : ' ');
  }

  /** Left of the first digit: a space or asterisk, or once what floats. Where nothing is shown, `**.**`, right of the point too. */
  private isSuppressed(symbol: string, character: string): boolean {
    if (this.digits !== '' || this.hasFloated) return false;
    const isFixedEnd = symbol !== this.floating && '+-$'.includes(symbol);
    if (character === this.fill) return !isFixedEnd || character === '*';
    this.hasFloated = !isFixedEnd && this.floating !== '' && this.isSign(this.floating, character);
    return this.hasFloated;
  }
}
