import type {
  CodePage,
  EditedPicture,
  Layout,
  LayoutItem,
  Leaf,
  Occurs,
  SignDialect,
  SignNibbles,
  SignPosition,
} from '../record/index.js';
import { binarySize, type BinarySize } from './binary-size.js';
import { CopybookError, type SourcePlace } from './copybook-error.js';
import type { Entry, SignClause, Usage } from './entry.js';
import type { Picture } from './picture.js';

export interface LayoutRules {
  readonly file: string;
  readonly codePage: CodePage;
  readonly sign: SignDialect;
  readonly signNibbles: SignNibbles;
  readonly binarySize: BinarySize;
  readonly littleEndian: boolean; // of COMP-5
  readonly fullRange: boolean; // TRUNC(BIN): COMP holds what its bytes hold
}

/** What an item takes from the groups around it. */
interface Inherited {
  readonly usage?: Usage;
  readonly sign?: SignClause;
  readonly sync: boolean;
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };
type Item = Omit<Mutable<LayoutItem>, 'children' | 'redefines'> & { children: Item[]; redefines?: Item };

const RECORD_SIZE_MAX = 1 << 28;

/** Lays a record out: sizes, offsets, tables, redefinitions. Throws CopybookError where an entry cannot be laid out. */
export function buildLayout(record: Entry, rules: LayoutRules): Layout {
  const builder = new LayoutBuilder(rules);
  const root = builder.build(record);
  return {
    name: record.name,
    sizeBytes: builder.extent(root),
    root,
    items: builder.items,
    conditions: [],
    renames: [],
    codePage: rules.codePage,
    sign: rules.sign,
    signNibbles: rules.signNibbles,
  };
}

class LayoutBuilder {
  readonly items: Item[] = [];
  /** The largest alignment that SYNCHRONIZED asked for since the last table began. */
  private alignment = 1;

  constructor(private readonly rules: LayoutRules) {}

  build(record: Entry): Item {
    return this.item(record, 0, { sync: false });
  }

  /** Bytes of all occurrences. */
  extent(item: Item): number {
    return item.occurs === undefined ? item.size : item.occurs.count * item.occurs.stride;
  }

  private fail(place: SourcePlace, message: string): never {
    throw new CopybookError(this.rules.file, place, message);
  }

  private item(entry: Entry, offset: number, from: Inherited): Item {
    const own = this.inherit(entry, from);
    const item: Item = {
      index: this.items.length,
      name: entry.name,
      filler: entry.filler,
      level: entry.level,
      picture: entry.picture?.text ?? '',
      usage: own.usage ?? 'DISPLAY',
      offset,
      size: 0,
      children: [],
    };
    this.items.push(item);
    if (entry.value !== undefined) item.value = entry.value;
    const outer = this.alignment;
    this.alignment = 1;
    if (entry.children.length > 0) this.group(entry, item, own);
    else this.elementary(entry, item, own);
    if (entry.occurs !== undefined) item.occurs = this.occurs(entry, item);
    this.alignment = Math.max(outer, this.alignment);
    if (this.extent(item) + offset > RECORD_SIZE_MAX)
      this.fail(entry, `the record is larger than ${RECORD_SIZE_MAX} bytes`);
    return item;
  }

  private inherit(entry: Entry, from: Inherited): Inherited {
    const usage = entry.usage?.usage ?? from.usage;
    if (entry.usage !== undefined && from.usage !== undefined && entry.usage.usage !== from.usage)
      this.fail(
        entry.usage,
        `USAGE ${entry.usage.usage} differs from USAGE ${from.usage} of the group around ${entry.name}`,
      );
    const sign = entry.sign ?? from.sign;
    return {
      ...(usage === undefined ? {} : { usage }),
      ...(sign === undefined ? {} : { sign }),
      sync: entry.sync !== undefined || from.sync,
    };
  }

  private occurs(entry: Entry, item: Item): Occurs {
    const { min, max, dependingOn } = entry.occurs!;
    if (entry.level === 1 || entry.level === 77) this.fail(entry.occurs!, 'OCCURS stands at level 02 to 49');
    const stride = alignUp(item.size, item.leaf === undefined ? this.alignment : 1);
    if (stride * max > RECORD_SIZE_MAX) this.fail(entry.occurs!, `the table is larger than ${RECORD_SIZE_MAX} bytes`);
    if (dependingOn === undefined) return { count: max, stride, min: max, slides: false };
    const name = dependingOn.name.toUpperCase();
    const counter = this.items.findLast(other => other !== item && other.name.toUpperCase() === name);
    if (counter === undefined) this.fail(dependingOn, `${dependingOn.name} is not an item before the table`);
    if (counter.leaf === undefined || !('scale' in counter.leaf) || counter.leaf.scale !== 0)
      this.fail(dependingOn, `${dependingOn.name} is not an integer`);
    return { count: max, stride, min: Math.min(min, max), dependingOn: counter, slides: true };
  }

  private group(entry: Entry, group: Item, own: Inherited): void {
    if (entry.picture !== undefined) this.fail(entry.picture, `${entry.name} is a group and has no PICTURE`);
    for (const [clause, place] of [
      ['JUSTIFIED', entry.justified],
      ['BLANK WHEN ZERO', entry.blankWhenZero],
    ] as const)
      if (place !== undefined) this.fail(place, `${clause} is for elementary items; ${entry.name} is a group`);
    let end = group.offset;
    for (const child of entry.children) {
      const base = child.redefines === undefined ? undefined : this.redefined(child, group);
      const item = this.item(child, base?.offset ?? end, own);
      if (base !== undefined) item.redefines = base;
      group.children.push(item);
      end = Math.max(end, item.offset + this.extent(item));
    }
    group.size = end - group.offset;
  }

  /** The item whose bytes an entry describes anew: the last item of that name at its level, with nothing but views between. */
  private redefined(entry: Entry, group: Item): Item {
    const { name } = entry.redefines!;
    const target = group.children.findLast(item => item.name.toUpperCase() === name.toUpperCase());
    if (target === undefined || target.level !== entry.level)
      this.fail(
        entry.redefines!,
        `${name} is not an item of level ${entry.level} before ${entry.name} in ${group.name}`,
      );
    const base = target.redefines ?? target;
    const between = group.children.slice(group.children.indexOf(base) + 1);
    const other = between.find(item => item.redefines !== base);
    if (other !== undefined)
      this.fail(
        entry.redefines!,
        `${other.name} lies between ${name} and ${entry.name}; expected a REDEFINES of ${other.name}`,
      );
    if (base.occurs?.dependingOn !== undefined)
      this.fail(entry.redefines!, `${name} has OCCURS DEPENDING ON and cannot be redefined`);
    return base;
  }

  private elementary(entry: Entry, item: Item, own: Inherited): void {
    const { picture } = entry;
    if (picture === undefined)
      this.fail(entry, `${entry.name} has no PICTURE and no subordinate items; expected one of them`);
    const usage = own.usage ?? 'DISPLAY';
    if (picture.category !== 'numeric') this.text(entry, item, usage);
    else if (usage === 'DISPLAY') this.display(entry, item, own.sign);
    else this.computational(entry, item, usage);
    this.checkClauses(entry, item.leaf!);
    if (own.sync) this.synchronize(entry, item);
  }

  private checkClauses(entry: Entry, leaf: Leaf): void {
    const { sign, justified, blankWhenZero, picture } = entry;
    if (sign !== undefined && (leaf.kind !== 'display' || !picture!.signed))
      this.fail(sign, 'SIGN is for DISPLAY numbers with S in their PICTURE');
    if (justified !== undefined && (leaf.kind !== 'text' || leaf.edited !== undefined))
      this.fail(justified, 'JUSTIFIED is for alphabetic and alphanumeric items');
    const numeric = leaf.kind === 'display' || (leaf.kind === 'text' && leaf.edited !== undefined);
    if (blankWhenZero !== undefined && (!numeric || picture!.signed))
      this.fail(blankWhenZero, 'BLANK WHEN ZERO is for DISPLAY numbers without S');
  }

  private text(entry: Entry, item: Item, usage: Usage): void {
    const picture = entry.picture!;
    if (usage !== 'DISPLAY') this.fail(picture, `USAGE ${usage} needs a numeric PICTURE, not ${picture.text}`);
    item.size = picture.size;
    item.leaf = {
      kind: 'text',
      charset: 'page',
      justified: entry.justified !== undefined,
      blankWhenZero: entry.blankWhenZero !== undefined,
      ...(picture.category === 'edited' ? { edited: editedPicture(picture) } : {}),
    };
  }

  private display(entry: Entry, item: Item, sign: SignClause | undefined): void {
    const { digits, scale, signed } = entry.picture!;
    const position = signed ? signPosition(sign) : 'none';
    item.size = digits + (position.endsWith('separate') ? 1 : 0);
    item.leaf = {
      kind: 'display',
      digits,
      scale,
      sign: position,
      blankWhenZero: entry.blankWhenZero !== undefined,
      national: false,
    };
  }

  private computational(entry: Entry, item: Item, usage: Usage): void {
    const { digits, scale, signed } = entry.picture!;
    const { rules } = this;
    if (usage === 'COMP-3' || usage === 'COMP-6') {
      const signNibble = usage === 'COMP-3';
      if (!signNibble && signed) this.fail(entry.picture!, 'USAGE COMP-6 has no sign; expected a PICTURE without S');
      item.size = signNibble ? (digits >> 1) + 1 : (digits + 1) >> 1;
      item.leaf = { kind: 'packed', digits, scale, signed, signNibble };
      return;
    }
    const native = usage === 'COMP-5';
    item.size = binarySize(digits, signed, rules.binarySize);
    const littleEndian = native && rules.littleEndian;
    item.leaf = { kind: 'binary', digits, scale, signed, littleEndian, fullRange: native || rules.fullRange };
  }

  /** Puts slack bytes before a binary item: to 2 or 4 by IBM's rule; GnuCOBOL's own sizes align 8 bytes to 8. */
  private synchronize(entry: Entry, item: Item): void {
    if (item.leaf!.kind !== 'binary') return;
    const largest = this.rules.binarySize === '2-4-8' ? 4 : 8;
    const boundary = [1, 2, 4, 8].includes(item.size) ? Math.min(item.size, largest) : 1;
    const aligned = alignUp(item.offset, boundary);
    if (entry.redefines !== undefined && aligned !== item.offset)
      this.fail(
        entry,
        `${entry.name} is SYNCHRONIZED, but what it redefines does not begin at a multiple of ${boundary}`,
      );
    item.offset = aligned;
    this.alignment = Math.max(this.alignment, boundary);
  }
}

function signPosition(sign: SignClause | undefined): SignPosition {
  if (sign === undefined) return 'trailing';
  const end = sign.leading ? 'leading' : 'trailing';
  return sign.separate ? `${end}-separate` : end;
}

function alignUp(offset: number, boundary: number): number {
  return Math.ceil(offset / boundary) * boundary;
}

function editedPicture(picture: Picture): EditedPicture {
  return { mask: picture.text, numeric: false, digits: 0, scale: 0, decimalComma: false, currency: '$' };
}
