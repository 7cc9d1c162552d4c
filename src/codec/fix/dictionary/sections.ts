import { MEMBER, memberKind, type FixDictionary, type GroupLayout, type Layout } from './dictionary.js';

/** The field index of one message, as a scan leaves it (FixMessage is one). */
export interface FieldIndex {
  readonly bytes: Uint8Array;
  readonly fieldCount: number;
  tagAt(index: number): number;
  valueStartAt(index: number): number;
  valueEndAt(index: number): number;
}

/** Where a field stands. A field inside a repeating group is `group`, whatever the group stands in. */
export const SECTION = { header: 0, trailer: 1, body: 2, group: 3 } as const;

// Header and trailer fields of any version: they keep their place even where a dictionary does not name them.
const HEADER_TAGS = new Set([
  8, 9, 35, 49, 56, 115, 128, 90, 91, 34, 50, 142, 57, 143, 116, 144, 129, 145, 43, 97, 52, 122, 212, 213, 347, 369,
  370, 627, 1128, 1129, 1156,
]);
const TRAILER_TAGS = new Set([93, 89, 10]);
const TAGS_MARKED = 65536;
const GROUP_DEPTH_MAX = 16;

/**
 * Sorts the fields of one message into header, body, trailer and groups, in one pass, and notes what only that pass can
 * see: fields out of order, repeated tags, and group counts that do not match. Reused for every message, no allocation
 * but for tags beyond 65535.
 */
export class Sections {
  /** SECTION of each field. */
  section = new Uint8Array(256);
  /** 1 where the tag stood before at the same level. */
  repeated = new Uint8Array(256);
  /** 1 at a counter whose number of entries differs from its value; 2 where the entries are disordered as well. */
  miscounted = new Uint8Array(256);
  /** 1 inside a group where a field stands behind one it belongs before, or an entry begins with another than the delimiter. */
  disordered = new Uint8Array(256);
  /** The first header or body field found after its section, or 0. */
  outOfOrderTag = 0;

  #message!: FieldIndex;
  #count = 0;
  #mark = 0;
  readonly #marks = new Uint32Array(TAGS_MARKED);
  readonly #farTags = new Set<number>();
  readonly #entries: Set<number>[] = [];

  /** Sorts `message`, header and trailer by `session`, the body by `layout`. */
  sort(message: FieldIndex, session: FixDictionary, layout: Layout | undefined): void {
    this.#begin(message);
    let reached: number = SECTION.header;
    for (let index = 0; index < this.#count;) {
      const tag = message.tagAt(index);
      const section = sectionOf(tag, session);
      // Header, body, trailer: the order in which they may be reached.
      if (rank(section) < rank(reached)) this.outOfOrderTag ||= tag;
      else reached = section;
      this.section[index] = section;
      this.repeated[index] = this.#markTag(tag) ? 1 : 0;
      this.miscounted[index] = 0;
      const group =
        section === SECTION.trailer ? undefined : groupAt(section === SECTION.header ? session.header : layout, tag);
      index = group === undefined ? index + 1 : this.#group(group, index, 0);
    }
  }

  /** Whether the tag stands in the message outside any group. */
  has(tag: number): boolean {
    return tag >= 0 && tag < TAGS_MARKED ? this.#marks[tag] === this.#mark : this.#farTags.has(tag);
  }

  #begin(message: FieldIndex): void {
    this.#message = message;
    this.#count = message.fieldCount;
    this.outOfOrderTag = 0;
    this.#farTags.clear();
    if (++this.#mark > 0xfffffff0) {
      this.#marks.fill(0);
      this.#mark = 1;
    }
    if (this.section.length < this.#count) this.#grow(this.#count * 2);
  }

  #grow(size: number): void {
    this.section = new Uint8Array(size);
    this.repeated = new Uint8Array(size);
    this.miscounted = new Uint8Array(size);
    this.disordered = new Uint8Array(size);
  }

  #markTag(tag: number): boolean {
    if (this.has(tag)) return true;
    if (tag >= 0 && tag < TAGS_MARKED) this.#marks[tag] = this.#mark;
    else this.#farTags.add(tag);
    return false;
  }

  // An entry begins at the delimiter, or, where a counterparty leaves the delimiter out or swaps fields, at the first
  // member and at every member the entry already has. Returns the index of the first field that is no member.
  #group(group: GroupLayout, counterIndex: number, depth: number): number {
    const entry = (this.#entries[depth] ??= new Set());
    entry.clear();
    let entries = 0;
    let reached = 0;
    let isDisordered = false;
    let index = counterIndex + 1;
    while (index < this.#count) {
      const tag = this.#message.tagAt(index);
      const rank = group.ranks.get(tag);
      if (rank === undefined) break;
      const begins = entries === 0 || tag === group.delimiter || entry.has(tag);
      if (begins) {
        entries++;
        entry.clear();
      }
      const isMisplaced = begins ? tag !== group.delimiter : rank < reached;
      this.disordered[index] = isMisplaced ? 1 : 0;
      isDisordered ||= isMisplaced;
      reached = rank;
      entry.add(tag);
      this.section[index] = SECTION.group;
      this.repeated[index] = 0;
      this.miscounted[index] = 0;
      const inner = depth < GROUP_DEPTH_MAX ? group.groups.get(tag) : undefined;
      index = inner === undefined ? index + 1 : this.#group(inner, index, depth + 1);
    }
    if (countAt(this.#message, counterIndex) !== entries) this.miscounted[counterIndex] = isDisordered ? 2 : 1;
    return index;
  }
}

/** The section a tag belongs to outside groups. */
export function sectionOf(tag: number, session: FixDictionary): number {
  if (tag < 0 || tag >= TAGS_PLACED) return placeOf(tag, session);
  let places = placesOf.get(session);
  if (places === undefined) {
    places = Uint8Array.from({ length: TAGS_PLACED }, (_, known) => placeOf(known, session));
    placesOf.set(session, places);
  }
  return places[tag]!;
}

/** Sections by tag, of each dictionary once. */
const placesOf = new WeakMap<FixDictionary, Uint8Array>();
const TAGS_PLACED = 2048;

function placeOf(tag: number, session: FixDictionary): number {
  if (HEADER_TAGS.has(tag) || session.header.members.has(tag)) return SECTION.header;
  if (TRAILER_TAGS.has(tag) || session.trailer.members.has(tag)) return SECTION.trailer;
  return SECTION.body;
}

function groupAt(layout: Layout | undefined, tag: number): GroupLayout | undefined {
  if (layout === undefined || memberKind(layout, tag) !== MEMBER.counter) return undefined;
  return layout.groups.get(tag);
}

function rank(section: number): number {
  if (section === SECTION.header) return 0;
  return section === SECTION.trailer ? 2 : 1;
}

// The counter's value; -1 when it is no number, which its format check reports first.
function countAt(message: FieldIndex, index: number): number {
  let value = 0;
  for (let at = message.valueStartAt(index); at < message.valueEndAt(index); at++) {
    const digit = (message.bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9 || value > 1e9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
