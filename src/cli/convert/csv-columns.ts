import { columnsOf, type Column, type LineBatch, type RecordFile } from '../../codec/index.js';
import { ConfigError } from '../../model/index.js';

/** Below a member: its own members, the elements of an array, or the column of its value. */
export interface PathNode {
  readonly members: Map<string, PathNode>;
  readonly elements: PathNode[];
  /** Index of the column, or -1 of what has none of its own. */
  column: number;
}

const COLUMNS_MAX = 100_000;
const STEP = /\[(\d+)\]|([^.[\]]+)/gy;

/** The steps of a path: `A.T[0].B` is A, T, 0 and B. */
export function pathSteps(path: string): readonly (string | number)[] {
  const steps: (string | number)[] = [];
  STEP.lastIndex = 0;
  for (let at = 0; at < path.length; at = STEP.lastIndex) {
    if (path[at] === '.') STEP.lastIndex = at + 1;
    const [, index, name] = STEP.exec(path) ?? [];
    if (Number(index) >= COLUMNS_MAX)
      throw new ConfigError('HR_COLUMN', `the column ${path} has an element behind ${COLUMNS_MAX}`);
    if (index !== undefined) steps.push(Number(index));
    else if (name !== undefined) steps.push(name);
    else throw new ConfigError('HR_COLUMN', `the column ${path} is no path such as GROUP.FIELD or TABLE[0].FIELD`);
  }
  return steps;
}

export const emptyNode = (): PathNode => ({ members: new Map(), elements: [], column: -1 });

/** The columns as a tree, to find each value's by its place in an object. */
export function pathTree(columns: readonly string[]): PathNode {
  const root = emptyNode();
  columns.forEach((path, column) => {
    let node = root;
    for (const step of pathSteps(path)) node = childOf(node, step);
    node.column = column;
  });
  return root;
}

function childOf(node: PathNode, step: string | number): PathNode {
  const known = typeof step === 'number' ? node.elements[step] : node.members.get(step);
  if (known !== undefined) return known;
  const child = emptyNode();
  if (typeof step === 'number') node.elements[step] = child;
  else node.members.set(step, child);
  return child;
}

/** A column of CSV. */
export interface CsvColumn {
  readonly path: string;
  readonly isNumber: boolean;
}

/** The columns of a file of records: members of groups behind a point, occurrences from [0]; of several records all, each once. */
export function recordColumns({ layouts, policies }: RecordFile): readonly CsvColumn[] {
  const found = new Map<string, boolean>();
  for (const layout of layouts) {
    for (const column of columnsOf(layout, { renames: policies.renames === true }))
      addColumn(found, column, column.name);
    if (policies.conditions === true) for (const { name } of layout.conditions) found.set(`$conditions.${name}`, false);
  }
  if (policies.keepRaw === true) found.set('$raw', false);
  return Array.from(found, ([path, isNumber]) => ({ path, isNumber }));
}

function addColumn(found: Map<string, boolean>, column: Column, path: string): void {
  if (found.size >= COLUMNS_MAX)
    throw new ConfigError(
      'HR_COLUMN',
      `the records have more than ${COLUMNS_MAX} columns of CSV, a table's elements each`,
    );
  const { kind, children, item } = column;
  if (kind === 'struct') for (const child of children) addColumn(found, child, `${path}.${child.name}`);
  else if (kind === 'list')
    for (let index = 0; index < item.occurs!.count; index++) addColumn(found, children[0]!, `${path}[${index}]`);
  else found.set(path, kind !== 'utf8');
}

const SAMPLE_LINES = 1000;

/**
 * The columns of lines of JSON that no copybook describes: the members of the first lines, in their order. What a member is first, a
 * value, a group or a table, it is in the whole file: a line where it is another has no place for it.
 */
export function lineColumns({ bytes, starts, ends }: LineBatch): readonly string[] {
  const kinds = new MemberKinds();
  for (let index = 0; index < Math.min(starts.length, SAMPLE_LINES); index++) {
    const line = parsed(bytes.subarray(starts[index], ends[index]));
    if (kindOf(line) === 'group') kinds.add(line, '');
  }
  return kinds.columns();
}

/** What is no JSON is refused when it is written. */
function parsed(text: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(text).toString());
  } catch {
    return null;
  }
}

type Kind = 'nothing' | 'null' | 'value' | 'group' | 'table';

/** A name that a path can have: of any other there is no column. */
const NAME = /^[^.[\]]+$/;

/** What the members at each path are. */
class MemberKinds {
  private readonly kinds = new Map<string, Kind>();

  add(value: unknown, path: string): void {
    const kind = kindOf(value);
    const known = this.kinds.get(path);
    const isOpen = known === undefined || known === 'null';
    if (kind === 'nothing' || (!isOpen && kind !== known)) return;
    if (isOpen) this.kinds.set(path, kind);
    if (kind === 'table') (value as unknown[]).forEach((element, index) => this.add(element, `${path}[${index}]`));
    if (kind === 'group')
      for (const [name, member] of Object.entries(value as object))
        if (NAME.test(name)) this.add(member, path === '' ? name : `${path}.${name}`);
  }

  /** The paths of values, and of what was null where it was. */
  columns(): readonly string[] {
    const found = [...this.kinds].filter(([, kind]) => kind === 'value' || kind === 'null');
    return found.map(([path]) => path);
  }
}

/** A table or a group without anything in it may be any. */
function kindOf(value: unknown): Kind {
  if (value === null) return 'null';
  if (typeof value !== 'object') return 'value';
  if (Object.keys(value).length === 0) return 'nothing';
  return Array.isArray(value) ? 'table' : 'group';
}
