import type { FieldLayout, FixEncoder, FixMessage } from '../codec/index.js';
import { copyField } from '../session/index.js';
import type { ApplicationVersion } from './application-version.js';
import { effectOf, tradeType } from './execution-effect.js';
import { HEADER_AND_TRAILER, forwardBody, type ForwardedIds } from './reports.js';

const TAG = {
  clOrdId: 11,
  execId: 17,
  execTransType: 20,
  ordStatus: 39,
  origClOrdId: 41,
  execType: 150,
  leavesQty: 151,
};
/** What the versions say in different words; it is written anew. */
const REWRITTEN: ReadonlySet<number> = new Set([11, 17, 20, 39, 41, 150, 151]);

/** What the lane knows of a report besides its fields, to fill in what the client's version asks for. */
export interface TranslatedReport {
  readonly msgType: string;
  readonly clOrdId: string;
  readonly origClOrdId: string | undefined;
  /** ExecType (150) and LeavesQty (151) as booked, as FIX.4.0 has neither; of an OrderCancelReject both are empty. */
  readonly execType: string;
  readonly leavesQty: string;
  /** OrdStatus (39), of a replaced order the one it has by it. */
  readonly ordStatus: string;
  /** Further fields by tag, written where the version asks for them and the report has none. */
  readonly known: ReadonlyMap<number, string>;
}

interface Words {
  readonly execTransType: string;
  readonly execType: string;
  readonly ordStatus: string;
}

/**
 * Writes a venue's ExecutionReport or OrderCancelReject in the words of a client of another version: ExecTransType, ExecType and OrdStatus as
 * that version says the same, without the fields and groups it does not know, and with those it asks for. The venue's own text is in the
 * ledger.
 */
export function translateReport(
  encoder: FixEncoder,
  message: FixMessage,
  report: TranslatedReport,
  versions: { readonly from: ApplicationVersion; readonly to: ApplicationVersion },
): void {
  const [source, target] = [versions.from.layout(report.msgType), versions.to.layout(report.msgType)];
  if (source === undefined || target === undefined) return;
  const words = wordsOf(message, report, versions.to);
  const rewritten = new Map<number, string | undefined>([
    [TAG.clOrdId, report.clOrdId],
    [TAG.origClOrdId, report.origClOrdId],
    [TAG.execId, execIdIn(versions.to, message, report)],
    [TAG.execTransType, words.execTransType],
    [TAG.execType, words.execType],
    [TAG.ordStatus, words.ordStatus],
    [TAG.leavesQty, report.leavesQty],
  ]);
  const isCancelReject = report.msgType === '9';
  for (const [tag, value] of rewritten) {
    const isOfReport = !isCancelReject || tag === TAG.clOrdId || tag === TAG.origClOrdId || tag === TAG.ordStatus;
    if (isOfReport && value !== undefined && target.members.has(tag)) encoder.field(tag, value);
  }
  copyKnown(encoder, message, { source, target, version: versions.to });
  fillIn(encoder, message, target, report.known);
}

/** Fields of a request that say nothing which a version without them does not say anyway: Account of a cancel, TransactTime, CxlType Full. */
const IMPLIED: ReadonlyMap<number, string | undefined> = new Map([
  [1, undefined],
  [60, undefined],
  [125, 'F'],
]);

/**
 * Writes a client's request for a venue of another version: as the client wrote it, less what that version implies, with what it asks for as
 * far as that is known. What else it does not know stands as it is, for the venue to refuse: nothing that the client asked for is dropped.
 */
export function translateRequest(
  encoder: FixEncoder,
  message: FixMessage,
  { ids, known }: { readonly ids: ForwardedIds; readonly known: ReadonlyMap<number, string> },
  to: ApplicationVersion,
): void {
  const target = to.layout(message.msgType);
  const implied = [...IMPLIED].filter(([tag, value]) => isImplied(message, tag, value) && !target?.members.has(tag));
  forwardBody(encoder, message, ids, new Set([...HEADER_AND_TRAILER, ...implied.map(([tag]) => tag)]));
  if (target !== undefined) fillIn(encoder, message, target, known);
}

function isImplied(message: FixMessage, tag: number, value: string | undefined): boolean {
  if (tag === 1 && message.msgType !== 'F') return false;
  return value === undefined || message.textOf(tag) === value;
}

/** Writes what a version asks for and a message of another has not, as far as it is known. */
function fillIn(
  encoder: FixEncoder,
  message: FixMessage,
  target: FieldLayout,
  known: ReadonlyMap<number, string>,
): void {
  for (const [tag, value] of known)
    if (target.required.includes(tag) && message.find(tag) < 0) encoder.field(tag, value);
}

interface Copy {
  readonly source: FieldLayout;
  readonly target: FieldLayout;
  readonly version: ApplicationVersion;
}

function copyKnown(encoder: FixEncoder, message: FixMessage, copy: Copy): void {
  for (let index = 3; index < message.fieldCount;) {
    const tag = message.tagAt(index);
    const group = copy.source.groups.get(tag);
    if (group !== undefined) index = copyGroup(encoder, message, index, copy);
    else if (REWRITTEN.has(tag) || HEADER_AND_TRAILER.has(tag) || !isTaken(message, index, copy)) index++;
    else index = copyField(encoder, message, index);
  }
}

function isTaken(message: FixMessage, index: number, { source, target, version }: Copy): boolean {
  const tag = message.tagAt(index);
  // A tag of the counterparties' own, which no version lists, is left to them.
  if (!source.members.has(tag) && tag >= 5_000) return true;
  return target.members.has(tag) && (target.required.includes(tag) || version.takes(tag, message.text(index)));
}

/** A group goes over whole, less the fields that the other version has not in it; one that is not in it at all stays behind. */
function copyGroup(encoder: FixEncoder, message: FixMessage, index: number, copy: Copy): number {
  const counter = message.tagAt(index);
  const members = membersOf(copy.source, counter);
  const known = copy.target.groups.has(counter) ? membersOf(copy.target, counter) : undefined;
  let at = known === undefined ? index + 1 : copyField(encoder, message, index);
  while (at < message.fieldCount && members.has(message.tagAt(at)))
    at = known?.has(message.tagAt(at)) === true ? copyField(encoder, message, at) : at + 1;
  return at;
}

/** The tags of a group's entries, those of groups inside it too. */
function membersOf(layout: FieldLayout, counter: number): ReadonlySet<number> {
  const group = layout.groups.get(counter);
  if (group === undefined) return new Set();
  const inner = [...group.groups.keys()].flatMap(nested => [...membersOf(group, nested)]);
  return new Set([...group.members, ...inner]);
}

/** What the report says of the order, in the words of a version. */
function wordsOf(message: FixMessage, { execType, ordStatus: now }: TranslatedReport, to: ApplicationVersion): Words {
  const ordStatus = ordStatusIn(to, now);
  const effect = effectOf(message.textOf(20) ?? '', execType);
  if (to.hasTradeExecTypes) {
    const types = { fill: 'F', bust: 'H', correct: 'G', status: 'I', none: execType };
    return { execTransType: '', execType: types[effect], ordStatus };
  }
  const trade = tradeType(ordStatus);
  if (effect === 'fill') return { execTransType: '0', execType: trade, ordStatus };
  if (effect === 'bust') return { execTransType: '1', execType: trade, ordStatus };
  if (effect === 'correct') return { execTransType: '2', execType: trade, ordStatus };
  const isKnown = to.name === 'FIX.4.0' ? execType < 'D' : to.takes(TAG.execType, execType);
  if (effect === 'none' && isKnown)
    return { execTransType: '0', execType, ordStatus: placeOf(to, execType, ordStatus) };
  if (effect === 'none' && execType === 'E') return { execTransType: '0', execType: '6', ordStatus };
  // A change that the version has no word for is told as where the order stands now.
  return { execTransType: '3', execType: ordStatus, ordStatus };
}

/** FIX.4.0 has no ExecType: that a replace took effect can stand in OrdStatus alone. */
function placeOf(to: ApplicationVersion, execType: string, ordStatus: string): string {
  return to.name === 'FIX.4.0' && execType === '5' && ordStatus !== '2' ? '5' : ordStatus;
}

/** ExecID (17): the venue's own, unless this version takes numbers only; then that of the ledger's frame. */
function execIdIn(to: ApplicationVersion, message: FixMessage, { known }: TranslatedReport): string | undefined {
  const execId = message.textOf(TAG.execId) ?? '';
  return to.takes(TAG.execId, execId) ? execId : known.get(TAG.execId);
}

/** OrdStatus (39) in a version: before 4.2 Pending Replace was Pending Cancel/Replace, and nothing was accepted for bidding. */
function ordStatusIn(to: ApplicationVersion, ordStatus: string): string {
  if (to.name >= 'FIX.4.2') return ordStatus;
  return ordStatus === 'E' ? '6' : ordStatus === 'D' ? 'A' : ordStatus;
}
