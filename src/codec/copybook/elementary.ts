import type { Charset, EditedPicture, Leaf, SignPosition } from '../record/index.js';
import { binarySize, type BinarySize } from './binary-size.js';
import { CopybookError, type SourcePlace } from './copybook-error.js';
import type { Entry, SignClause } from './entry.js';
import type { Picture } from './picture.js';
import type { SpecialNames } from './picture-parts.js';
import { digitsOfBytes, INTEGER_USAGES, type Usage } from './usage.js';

/** What the bytes of elementary items are by, besides their clauses. */
export interface ElementaryRules extends SpecialNames {
  readonly binarySize: BinarySize;
  readonly littleEndian: boolean; // of COMP-5 and what else is native
  readonly fullRange: boolean; // TRUNC(BIN): COMP holds what its bytes hold
  readonly fullRangeRead: boolean; // TRUNC(OPT): it is read so, and written as its picture says
  readonly float: 'ibm' | 'ieee';
  readonly nsymbol: 'national' | 'dbcs';
}

/** An elementary item: how its bytes hold the value, and how many they are. */
export interface Elementary {
  readonly leaf: Leaf;
  readonly size: number;
  readonly usage: Usage;
}

const BYTES_OF_UTF16 = 2;
const BYTES_OF_DBCS = 2;
const INTEGER_BYTES_MAX = 8;
/** Usages whose size is the fewest bytes that hold the digits; COMP-N is the native one. */
const BY_BYTES: ReadonlySet<Usage> = new Set<Usage>(['COMP-X', 'COMP-N']);

/** The leaf of an entry with the USAGE and SIGN it has or takes from its groups. Throws CopybookError where they do not fit. */
export function elementary(
  entry: Entry,
  usage: Usage | undefined,
  sign: SignClause | undefined,
  rules: ElementaryRules,
): Elementary {
  return new ElementaryBuilder(entry, rules).build(usage, sign);
}

class ElementaryBuilder {
  constructor(
    private readonly entry: Entry,
    private readonly rules: ElementaryRules,
  ) {}

  build(given: Usage | undefined, sign: SignClause | undefined): Elementary {
    const { picture } = this.entry;
    const usage = this.usage(given);
    const made = picture === undefined ? this.withoutPicture(usage) : this.pictured(picture, usage, sign);
    this.checkClauses(made.leaf);
    return { ...made, usage };
  }

  private fail(place: SourcePlace, message: string): never {
    throw new CopybookError(place, message);
  }

  /** PIC N is NATIONAL or, by NSYMBOL(DBCS), DISPLAY-1; PIC G is DISPLAY-1. */
  private usage(given: Usage | undefined): Usage {
    if (given !== undefined) return given;
    const { category = 'alphanumeric' } = this.entry.picture ?? {};
    if (category === 'dbcs') return 'DISPLAY-1';
    if (category !== 'national' && category !== 'national-edited') return 'DISPLAY';
    return this.rules.nsymbol === 'national' ? 'NATIONAL' : 'DISPLAY-1';
  }

  private withoutPicture(usage: Usage): Omit<Elementary, 'usage'> {
    const { entry, rules } = this;
    if (usage === 'COMP-1' || usage === 'COMP-2') {
      const { float: format, littleEndian } = rules;
      return {
        leaf: { kind: 'float', format, littleEndian: format === 'ieee' && littleEndian },
        size: usage === 'COMP-1' ? 4 : 8,
      };
    }
    const integer = INTEGER_USAGES.get(usage);
    if (integer === undefined)
      this.fail(entry, `${entry.name} has no PICTURE and no subordinate items; expected one of them`);
    const size = rules.binarySize === '2-4-8' ? integer.ibm : integer.gnucobol;
    return { leaf: this.nativeInteger(size, integer.signed, rules.littleEndian), size };
  }

  private nativeInteger(size: number, signed: boolean, littleEndian: boolean): Leaf {
    return { kind: 'binary', digits: digitsOfBytes(size, signed), scale: 0, signed, littleEndian, fullRange: true };
  }

  private pictured(
    picture: Picture & SourcePlace,
    usage: Usage,
    sign: SignClause | undefined,
  ): Omit<Elementary, 'usage'> {
    if (usage === 'COMP-1' || usage === 'COMP-2' || INTEGER_USAGES.has(usage))
      this.fail(picture, `USAGE ${usage} has no PICTURE`);
    if (picture.category === 'numeric')
      return usage === 'DISPLAY' || usage === 'NATIONAL'
        ? this.display(picture, usage === 'NATIONAL', sign)
        : this.computational(picture, usage);
    if (picture.category === 'alphanumeric' && BY_BYTES.has(usage)) return this.bytesOf(picture, usage);
    return this.text(picture, usage);
  }

  private text(picture: Picture & SourcePlace, usage: Usage): Omit<Elementary, 'usage'> {
    const charset = this.charset(picture, usage);
    const bytes = charset === 'page' ? 1 : charset === 'dbcs' ? BYTES_OF_DBCS : BYTES_OF_UTF16;
    const leaf: Leaf = {
      kind: 'text',
      charset,
      justified: this.entry.justified !== undefined,
      blankWhenZero: this.entry.blankWhenZero !== undefined,
      ...(picture.mask === '' ? {} : { edited: this.edited(picture) }),
    };
    return { leaf, size: picture.size * bytes };
  }

  private charset(picture: Picture & SourcePlace, usage: Usage): Charset {
    const { category, text } = picture;
    const national = category === 'national' || category === 'national-edited';
    if (category === 'dbcs' && usage !== 'DISPLAY-1') this.fail(picture, `PICTURE ${text} needs USAGE DISPLAY-1`);
    if (national && usage !== 'NATIONAL' && usage !== 'DISPLAY-1')
      this.fail(picture, `PICTURE ${text} needs USAGE NATIONAL or DISPLAY-1`);
    if (usage === 'DISPLAY') return 'page';
    if (usage === 'NATIONAL' && (national || category === 'numeric-edited')) return 'utf16';
    if (usage === 'NATIONAL') this.fail(picture, `USAGE NATIONAL needs a PICTURE of N or of a number, not ${text}`);
    if (usage !== 'DISPLAY-1') this.fail(picture, `USAGE ${usage} needs a numeric PICTURE, not ${text}`);
    if (!national && category !== 'dbcs') this.fail(picture, `USAGE DISPLAY-1 needs a PICTURE of G or N, not ${text}`);
    return 'dbcs';
  }

  private edited({ category, mask, digits, scale, currency = '$' }: Picture): EditedPicture {
    const { decimalComma } = this.rules;
    return { mask, numeric: category === 'numeric-edited', digits, scale, decimalComma, currency };
  }

  private display(
    picture: Picture & SourcePlace,
    national: boolean,
    sign: SignClause | undefined,
  ): Omit<Elementary, 'usage'> {
    const { digits, scale, signed } = picture;
    const position = signed ? signPosition(sign) : 'none';
    const separate = position.endsWith('separate');
    if (national && signed && !separate) this.fail(picture, 'a NATIONAL number with S needs SIGN ... SEPARATE');
    const blankWhenZero = this.entry.blankWhenZero !== undefined;
    const leaf: Leaf = { kind: 'display', digits, scale, sign: position, blankWhenZero, national };
    return { leaf, size: (digits + (separate ? 1 : 0)) * (national ? BYTES_OF_UTF16 : 1) };
  }

  private computational(picture: Picture & SourcePlace, usage: Usage): Omit<Elementary, 'usage'> {
    const { digits, scale, signed } = picture;
    if (usage === 'DISPLAY-1') this.fail(picture, `USAGE DISPLAY-1 needs a PICTURE of G or N, not ${picture.text}`);
    if (usage === 'COMP-3' || usage === 'COMP-6') {
      const signNibble = usage === 'COMP-3';
      if (!signNibble && signed) this.fail(picture, 'USAGE COMP-6 has no sign; expected a PICTURE without S');
      return {
        leaf: { kind: 'packed', digits, scale, signed, signNibble },
        size: signNibble ? (digits >> 1) + 1 : (digits + 1) >> 1,
      };
    }
    const native = usage === 'COMP-5' || usage === 'COMP-N';
    const fullRange = usage !== 'BINARY' || this.rules.fullRange;
    return {
      leaf: {
        kind: 'binary',
        digits,
        scale,
        signed,
        littleEndian: native && this.rules.littleEndian,
        fullRange,
        ...(!fullRange && this.rules.fullRangeRead ? { fullRangeRead: true } : {}),
      },
      size: binarySize(digits, signed, BY_BYTES.has(usage) ? '1-8' : this.rules.binarySize),
    };
  }

  /** PIC X(n) COMP-X and COMP-N are unsigned integers of n bytes. */
  private bytesOf(picture: Picture & SourcePlace, usage: Usage): Omit<Elementary, 'usage'> {
    const { size } = picture;
    if (size > INTEGER_BYTES_MAX) this.fail(picture, `USAGE ${usage} has at most ${INTEGER_BYTES_MAX} bytes`);
    return { leaf: this.nativeInteger(size, false, usage === 'COMP-N' && this.rules.littleEndian), size };
  }

  private checkClauses(leaf: Leaf): void {
    const { sign, justified, blankWhenZero, picture } = this.entry;
    if (sign !== undefined && (leaf.kind !== 'display' || !picture!.signed))
      this.fail(sign, 'SIGN is for DISPLAY numbers with S in their PICTURE');
    if (justified !== undefined && (leaf.kind !== 'text' || leaf.edited !== undefined))
      this.fail(justified, 'JUSTIFIED is for alphabetic and alphanumeric items');
    const numeric = leaf.kind === 'display' || (leaf.kind === 'text' && leaf.edited?.numeric === true);
    if (blankWhenZero !== undefined && (!numeric || picture!.signed || picture!.mask.includes('*')))
      this.fail(blankWhenZero, 'BLANK WHEN ZERO is for DISPLAY numbers without S and *');
  }
}

function signPosition(sign: SignClause | undefined): SignPosition {
  if (sign === undefined) return 'trailing';
  const end = sign.leading ? 'leading' : 'trailing';
  return sign.separate ? `${end}-separate` : end;
}
