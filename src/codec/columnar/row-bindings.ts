import type { NativeRowBinding, NativeRowLayout, NativeRowRefused } from '../../native/index.js';
import { hasNullBlank, type Column } from '../columns/index.js';
import { viewSets, type Decoder, type Layout, type LayoutItem, type RowPlan } from '../record/index.js';

/**
 * Whether the rows of a layout (docs/copybook.md, "Rows") say all that its columns hold: they know no null but that of a view and no
 * count of DEPENDING ON; a hexadecimal float is the double nearest to its bytes, not to the literal that decode prints; the text of a
 * FILLER is not looked at, which may be a view that does not decode.
 */
export function rowsTellAll(layout: Layout): boolean {
  return layout.items.every(
    item =>
      item.occurs?.dependingOn === undefined &&
      !hasNullBlank(layout, item) &&
      !(item.leaf?.kind === 'float' && item.leaf.format === 'ibm') &&
      !mayBeBadFiller(layout, item),
  );
}

/** One byte a character decodes whatever it is; other charsets have bytes that are no text. */
function mayBeBadFiller({ codePage }: Layout, { filler, leaf }: LayoutItem): boolean {
  return filler && leaf?.kind === 'text' && (leaf.charset !== 'page' || codePage.form !== 'single');
}

/** A row that was left out: its index within the call, and the path of its slot. */
export interface BadRow {
  readonly row: number;
  readonly field: string;
}

/** Where the columns find their values in the rows of a plan. */
export function rowLayout(plan: RowPlan, columns: readonly Column[]): NativeRowLayout {
  return { size: plan.rowSize, viewParents: plan.viewParents, bindings: new BindingBuilder(plan).bindings(columns) };
}

/** Refused rows with the names of what is refused in them. */
export function badRows(refused: readonly NativeRowRefused[], { slots }: Pick<Decoder, 'slots'>): readonly BadRow[] {
  return refused.map(({ row, offset }) => ({ row, field: slots.find(slot => slot.offset === offset)?.path ?? '' }));
}

class BindingBuilder {
  private readonly slots = new Map<LayoutItem, RowPlan['slots'][number][]>();
  private readonly views = new Map<LayoutItem, number[]>();
  /** For each item the view that it is or lies in. */
  private readonly viewAround = new Map<LayoutItem, LayoutItem | undefined>();

  constructor(plan: RowPlan) {
    for (const slot of plan.slots) listOf(this.slots, slot.item).push(slot);
    plan.viewItems.forEach((item, view) => listOf(this.views, item).push(view));
    this.findViews(plan.layout.root, undefined);
  }

  bindings(columns: readonly Column[]): readonly NativeRowBinding[] {
    return columns.map(column => this.binding(column));
  }

  private findViews(group: LayoutItem, around: LayoutItem | undefined): void {
    this.viewAround.set(group, around);
    for (const { views } of viewSets(group))
      for (const view of views) this.findViews(view, views.length > 1 ? view : around);
  }

  private binding({ item, kind, nullable, children }: Column): NativeRowBinding {
    const isElementary = kind !== 'struct' && kind !== 'list';
    const slots = isElementary ? (this.slots.get(item) ?? []) : [];
    const view = nullable ? this.viewAround.get(item) : undefined;
    return {
      offsets: Uint32Array.from(slots, slot => slot.offset),
      kind: slots[0]?.kind ?? '',
      zeros: Math.max(0, -(slots[0]?.scale ?? 0)),
      views: Uint32Array.from(view === undefined ? [] : (this.views.get(view) ?? [])),
      count: kind === 'list' ? (item.occurs?.count ?? 0) : 0,
      children: this.bindings(children),
    };
  }
}

function listOf<K, V>(map: Map<K, V[]>, key: K): V[] {
  const known = map.get(key) ?? [];
  map.set(key, known);
  return known;
}
