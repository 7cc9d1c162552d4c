import { ConfigError } from '../../model/index.js';
import type { Layout, LayoutItem, LayoutValue } from './layout.js';
import type { LeafTable } from './leaf.js';
import { valueBytes } from './template.js';

/*
 * Tests of an item's value against lists and ranges, as an 88 level or a discriminator asks for them (C++:
 * native/codec/copybook-tests.cc). A test is four int32, an alternative twelve:
 *
 *   test         0 leaf, -1 for bytes alone   1 size in bytes   2 first alternative   3 alternatives
 *   alternative  0 kind   bytes: 1 offset of the lowest in testBytes   2 of the highest
 *                         number: 1-4 the lowest as an int128 at the item's scale, low word first   5-8 the highest
 *
 * Bytes compare as unsigned: in the order of the code page they are in, as COBOL compares text.
 */
export const TEST = { leaf: 0, size: 1, first: 2, count: 3 } as const;
export const TEST_INTS = 4;
export const ALTERNATIVE = { kind: 0, low: 1, high: 5, highBytes: 2 } as const;
export const ALTERNATIVE_INTS = 12;
export const ALTERNATIVE_KIND = { bytes: 1, number: 2 } as const;

/** A value or a range of an item, both ends included. */
export interface ItemValues {
  readonly from: LayoutValue;
  readonly to?: LayoutValue;
}

const INT128_MAX = (1n << 127n) - 1n;

/** Builds the tests of a plan. */
export class ValueTests {
  readonly tests: number[] = [];
  readonly alternatives: number[] = [];
  readonly bytes: number[] = [];

  constructor(
    private readonly layout: Layout,
    private readonly leaves: LeafTable,
  ) {}

  /** Adds a test that an item has one of the values; returns its index. `name` is what a refusal names. */
  add(name: string, item: LayoutItem, values: readonly ItemValues[]): number {
    if (item.leaf?.kind === 'float')
      throw new ConfigError(
        'HR_VALUES',
        `${name}: ${item.name} is a floating-point item, whose values are not compared`,
      );
    const first = this.alternatives.length / ALTERNATIVE_INTS;
    for (const { from, to } of values) this.alternative(name, item, from, to ?? from);
    const count = this.alternatives.length / ALTERNATIVE_INTS - first;
    const leaf = isNumber(item) ? this.leaves.index(item) : -1;
    return this.tests.push(leaf, item.size, first, count) / TEST_INTS - 1;
  }

  private alternative(name: string, item: LayoutItem, from: LayoutValue, to: LayoutValue): void {
    const ends = isNumber(item) ? numbers(item, from, to) : undefined;
    if (ends !== undefined) {
      this.push(ALTERNATIVE_KIND.number, ...words(ends[0]), ...words(ends[1]));
      return;
    }
    const low = this.text(name, item, from);
    this.push(ALTERNATIVE_KIND.bytes, low, from === to ? low : this.text(name, item, to));
  }

  private push(...ints: readonly number[]): void {
    this.alternatives.push(...ints, ...new Array<number>(ALTERNATIVE_INTS - ints.length).fill(0));
  }

  private text(name: string, item: LayoutItem, value: LayoutValue): number {
    if (value.kind === 'text' && !value.all && value.text.trimEnd().length > item.size)
      throw new ConfigError('HR_VALUES', `${name}: ${item.name} has ${item.size} bytes, fewer than ${value.text}`);
    const at = this.bytes.length;
    for (const byte of valueBytes(this.layout, item, value)) this.bytes.push(byte);
    return at;
  }
}

function isNumber(item: LayoutItem): boolean {
  return item.leaf !== undefined && item.leaf.kind !== 'text';
}

/** The lowest and highest integer at the item's scale between two literals; undefined when they are no numbers. */
function numbers(item: LayoutItem, from: LayoutValue, to: LayoutValue): readonly [bigint, bigint] | undefined {
  const scale = item.leaf !== undefined && 'scale' in item.leaf ? item.leaf.scale : 0;
  const low = atScale(from, scale, 1n);
  const high = atScale(to, scale, 0n);
  return low === undefined || high === undefined ? undefined : [low, high];
}

const NUMBER = /^\s*([+-]?)(\d*)(?:\.(\d*))?\s*$/;

/** A number at a scale; where that loses digits the next integer upwards (`up` 1) or downwards (0). */
function atScale(value: LayoutValue, scale: number, up: bigint): bigint | undefined {
  const text = value.kind === 'figurative' && value.text === 'ZERO' ? '0' : value.text;
  const [, sign, whole = '', fraction = ''] = (isBytes(value) ? null : NUMBER.exec(text)) ?? [];
  if (sign === undefined || whole + fraction === '') return undefined;
  const digits = BigInt(`${sign === '-' ? '-' : ''}${whole}${fraction}`);
  const shift = scale - fraction.length;
  if (shift >= 0) return clamp(digits * 10n ** BigInt(shift));
  const divisor = 10n ** BigInt(-shift);
  const floor = (digits - (((digits % divisor) + divisor) % divisor)) / divisor;
  return clamp(digits % divisor === 0n ? floor : floor + up);
}

const isBytes = ({ kind, all }: LayoutValue): boolean => kind === 'hex' || (kind === 'text' && all);

const clamp = (value: bigint): bigint => (value > INT128_MAX ? INT128_MAX : value < -INT128_MAX ? -INT128_MAX : value);

function words(value: bigint): readonly number[] {
  return [0n, 32n, 64n, 96n].map(shift => Number(BigInt.asIntN(32, value >> shift)));
}
