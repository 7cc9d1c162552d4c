import { writeFileSync } from 'node:fs';

import { HeadraceError } from '../model/index.js';
import { nodeDisk } from './disk.js';
import { asidePath, lookThrough, readSegmentHeader, segmentIndexes, segmentPath, type LogFolder } from './folder.js';
import { LogScan, type Suspect } from './log-scan.js';
import type { Damage, Recovery } from './options.js';
import type { LogEnd } from './part.js';
import { lastByte } from './segment-walk.js';
import { oldestSnapshotSequence, setAsideSnapshotsPast } from './snapshot.js';

export interface RecoveryOptions extends LogFolder {
  readonly segmentSizeBytes: number;
  readonly bootId: Uint8Array;
  readonly acceptDamage: boolean;
}

export interface Recovered {
  readonly recovery: Recovery;
  readonly end: LogEnd;
  readonly segmentSizeBytes: number;
}

/** The segments that hold something, ascending; preallocated ones behind them are not listed. */
export function usedSegments(folder: LogFolder): readonly number[] {
  return lookThrough(folder, indexes => usedOf(folder, indexes)) ?? [];
}

function usedOf(folder: LogFolder, indexes: readonly number[]): readonly number[] | 'gone' {
  let last = indexes.length;
  let header: ReturnType<typeof readSegmentHeader> = 'unused';
  while (last > 0 && header === 'unused') header = readSegmentHeader(folder, indexes[--last] as number);
  if (header === 'gone') return 'gone';
  return header === 'unused' ? [] : indexes.slice(0, last + 1);
}

/** The size the log was created with; `undefined` for a log without a readable header. */
export function segmentSizeOf(folder: LogFolder): number | undefined {
  return lookThrough(folder, indexes => {
    const used = usedOf(folder, indexes);
    return used === 'gone' ? used : firstSizeOf(folder, used);
  });
}

function firstSizeOf(folder: LogFolder, used: readonly number[]): number | undefined | 'gone' {
  let isGone = false;
  for (const index of used) {
    const header = readSegmentHeader(folder, index);
    if (typeof header === 'object') return header.segmentSizeBytes;
    isGone ||= header === 'gone';
  }
  return isGone ? 'gone' : undefined;
}

/**
 * Finds the end of a log and repairs its tail: completes trailers, cuts a torn tail (kept aside) and an unfinished group, and sets
 * aside snapshots of frames that are no more.
 * Damage before the end is never touched: without `acceptDamage` it is refused by file and offset.
 */
export function recoverLog(options: RecoveryOptions): Recovered {
  const segmentSizeBytes = segmentSizeOf(options) ?? options.segmentSizeBytes;
  const used = usedSegments(options);
  const scan = new LogScan(options, segmentSizeBytes);
  const unused = segmentIndexes(options).filter(index => index > (used.at(-1) ?? 0));
  const headless = unused.filter(index => !scan.isZero(index));
  scanAll(scan, used, options);
  suspectHeadless(scan, options, headless);
  const verdict = judge(scan, options, used);
  const damage = verdict.damage.map(suspect => damageOf(suspect, options));
  if (damage.length > 0 && !options.acceptDamage) refuse(damage);
  const repair = new Repair(scan, options, segmentSizeBytes);
  if (damage.length > 0) repair.usedSequence = lastSequenceIn(headless, scan, new LogScan(options, segmentSizeBytes));
  const repaired = repair.run(used, verdict, damage);
  const headlessBytes = setAside(options, headless, segmentSizeBytes);
  setAsideSnapshotsPast(options, repaired.recovery.lastSequence);
  const recovery = { ...repaired.recovery, tornBytes: repaired.recovery.tornBytes + headlessBytes };
  return { ...repaired, recovery, segmentSizeBytes };
}

/**
 * Segments behind the used ones that have bytes but no header: their first sector was lost with the power. Like all that is bad,
 * they are a torn tail only behind the synced position and after another boot.
 */
function suspectHeadless(scan: LogScan, options: RecoveryOptions, headless: readonly number[]): void {
  const isSameBoot = Buffer.compare(scan.bootId, options.bootId) === 0;
  for (const index of headless) {
    if (isSameBoot || scan.startOf(index) < scan.syncedPosition) scan.suspectHeadless(index);
  }
}

/** The last sequence of the frames in segments without a header: they are set aside, and their numbers not given out again. */
function lastSequenceIn(headless: readonly number[], { nextSequence }: LogScan, scan: LogScan): number {
  scan.nextSequence = nextSequence;
  for (const index of headless) scan.segment(index);
  return scan.nextSequence - 1;
}

function setAside(options: RecoveryOptions, indexes: readonly number[], segmentSizeBytes: number): number {
  for (const index of indexes)
    nodeDisk.rename(segmentPath(options, index), asidePath(options, `${index}.segment-aside`));
  return indexes.length * segmentSizeBytes;
}

/** Scans from the segment before that of the older snapshot (its last trailer begins the hash chain), else from the oldest. */
function scanAll(scan: LogScan, used: readonly number[], folder: LogFolder): LogScan {
  const snapshot = oldestSnapshotSequence(folder) ?? 0;
  const later = used.findIndex(index => {
    const header = readSegmentHeader(folder, index);
    return typeof header === 'object' && header.firstSequence > snapshot;
  });
  const from = snapshot === 0 ? 0 : Math.max(0, (later < 0 ? used.length : later) - 2);
  const scanned = used.slice(from);
  if (scanned[0] !== undefined) scan.begin(scanned[0]);
  scanned.forEach((index, at) => {
    if (at > 0) checkJoin(scan, scanned[at - 1] as number, index);
    scan.segment(index);
  });
  return scan;
}

/** A segment that has a successor ends with its end mark, unless damage swallowed it. */
function checkJoin(scan: LogScan, previous: number, index: number): void {
  const alreadySuspect =
    scan.suspects.at(-1)?.segmentIndex === previous && scan.suspects.at(-1)?.nextSequence === undefined;
  if (alreadySuspect || (scan.isEnded && index === previous + 1)) return;
  scan.suspects.push({
    offset: scan.endPosition - scan.startOf(previous),
    endOffset: scan.endPosition - scan.startOf(previous),
    fromSequence: scan.nextSequence,
    nextSequence: undefined,
    segmentIndex: previous,
    position: scan.endPosition,
    reason: 'the segment has no end mark, and another follows',
    looksTorn: false,
    isTrailer: false,
  });
}

interface Verdict {
  readonly damage: readonly Suspect[];
  /** Where a torn tail begins. */
  readonly torn: Suspect | undefined;
}

/**
 * Before the synced position everything bad is damage. After it: under the same boot the page cache survived, so only a frame cut
 * off at the very end is torn (or a trailer cut off while it was overwritten); under another boot the first bad frame begins the tail.
 */
function judge(scan: LogScan, options: RecoveryOptions, used: readonly number[]): Verdict {
  const isSameBoot = Buffer.compare(scan.bootId, options.bootId) === 0;
  const damage: Suspect[] = [];
  for (const suspect of scan.suspects) {
    if (suspect.position < scan.syncedPosition) damage.push(suspect);
    else if (suspect.isTrailer) continue;
    else if (!isSameBoot) return { damage, torn: suspect };
    else if (suspect.looksTorn && suspect.nextSequence === undefined && suspect.segmentIndex === used.at(-1)) {
      return { damage, torn: suspect };
    } else damage.push(suspect);
  }
  return { damage, torn: undefined };
}

function damageOf(suspect: Suspect, folder: LogFolder): Damage {
  return {
    file: segmentPath(folder, suspect.segmentIndex),
    offset: suspect.offset,
    sizeBytes: suspect.endOffset - suspect.offset,
    fromSequence: suspect.fromSequence,
    nextSequence: suspect.nextSequence ?? suspect.fromSequence + 1,
    reason: suspect.reason,
  };
}

function refuse(damage: readonly Damage[]): never {
  const first = damage[0] as Damage;
  throw new HeadraceError(
    'HR_JOURNAL_DAMAGED',
    `${first.file}:${first.offset}: ${first.reason}; sequences ${first.fromSequence} to ${first.nextSequence - 1} may be lost` +
      ` (${damage.length} damaged places); restore the file, or start with --accept-damage`,
    { details: { damage } },
  );
}

class Repair {
  /** No frame may get a sequence up to this one. */
  usedSequence = 0;
  #scan: LogScan;
  readonly #options: RecoveryOptions;
  readonly #size: number;

  constructor(scan: LogScan, options: RecoveryOptions, segmentSizeBytes: number) {
    this.#scan = scan;
    this.#options = options;
    this.#size = segmentSizeBytes;
  }

  run(used: readonly number[], verdict: Verdict, damage: readonly Damage[]): { recovery: Recovery; end: LogEnd } {
    const last = used.at(-1);
    if (last === undefined) return this.#empty();
    const endIndex = verdict.torn?.segmentIndex ?? last;
    if (verdict.torn !== undefined) this.#rescan(used, verdict.torn);
    const scan = this.#scan;
    const isLost = this.usedSequence > scan.groupEndSequence || this.#endsInDamage(endIndex);
    if (isLost && verdict.torn === undefined && damage.length > 0) return this.#afterDamage(endIndex, damage);
    const end = scan.groupEndPosition;
    const droppedFrames = Math.max(0, (verdict.torn?.fromSequence ?? scan.nextSequence) - 1 - scan.groupEndSequence);
    const tornBytes = this.#cut(used, endIndex, end - scan.startOf(endIndex));
    const position = this.#completeBlocks(endIndex, end, droppedFrames);
    return {
      recovery: { lastSequence: scan.groupEndSequence, tornBytes, droppedFrames, damage },
      end: this.#logEnd(position, endIndex, scan.groupEndSequence),
    };
  }

  #empty(): { recovery: Recovery; end: LogEnd } {
    return {
      recovery: { lastSequence: 0, tornBytes: 0, droppedFrames: 0, damage: [] },
      end: { ...this.#logEnd(0, 0, 0), nextIndex: 1 },
    };
  }

  #logEnd(position: number, currentIndex: number, sequence: number): LogEnd {
    const { timeNs, lastHash } = this.#scan;
    return { position, sequence, timeNs, lastHash, currentIndex, nextIndex: currentIndex + 1 };
  }

  /** Reads once more up to the torn tail: the scan went beyond it. The segment before begins the hash chain. */
  #rescan(used: readonly number[], torn: Suspect): void {
    const again = new LogScan(this.#options, this.#size);
    again.stopAt = torn.position;
    const kept = used.filter(index => index <= torn.segmentIndex).slice(-2);
    again.begin(kept[0] as number);
    for (const index of kept) again.segment(index);
    again.syncedPosition = this.#scan.syncedPosition;
    again.syncedSequence = this.#scan.syncedSequence;
    again.repairs.push(...this.#scan.repairs.filter(repair => repair.position < again.startOf(kept[0] as number)));
    this.#scan = again;
  }

  #endsInDamage(endIndex: number): boolean {
    const suspect = this.#scan.suspects.findLast(({ segmentIndex }) => segmentIndex <= endIndex);
    return suspect?.segmentIndex === endIndex && suspect.nextSequence === undefined;
  }

  /** The log's end is damaged: nothing is cut, the next frame begins a segment of its own, and no sequence is used twice. */
  #afterDamage(endIndex: number, damage: readonly Damage[]): { recovery: Recovery; end: LogEnd } {
    const sequence = Math.max(this.#scan.nextSequence, this.#scan.syncedSequence, this.usedSequence);
    const end = { ...this.#logEnd(this.#scan.startOf(endIndex + 1), 0, sequence), nextIndex: endIndex + 1 };
    return { recovery: { lastSequence: sequence, tornBytes: 0, droppedFrames: 0, damage }, end };
  }

  /** Keeps what lies behind `offset` aside, then zeroes it; later segments are renamed aside. Returns the bytes cut. */
  #cut(used: readonly number[], index: number, offset: number): number {
    const later = used.filter(other => other > index);
    const cut = setAside(this.#options, later, this.#size);
    const { buffer } = this.#scan;
    const end = lastByte(buffer, offset);
    if (end > offset) {
      writeFileSync(
        asidePath(this.#options, `${this.#scan.startOf(index) + offset}.bytes`),
        buffer.bytes.subarray(offset, end),
      );
      buffer.bytes.fill(0, offset, end);
      this.#write(index, offset, buffer.bytes.subarray(offset, end));
    }
    return cut + end - offset;
  }

  /** Writes the trailers that lack their hash, closes the open block, and makes all of it durable. Returns the log's end. */
  #completeBlocks(index: number, end: number, droppedFrames: number): number {
    const scan = this.#scan;
    const repairs = scan.repairs.filter(repair => repair.position >= scan.syncedPosition && repair.position < end);
    let position = end;
    if (scan.isChained && scan.blockStart >= 0 && scan.blockStart < end) {
      scan.blockFrames -= droppedFrames;
      const trailer = scan.trailerAt(end, scan.groupEndSequence + 1);
      repairs.push(trailer);
      position += trailer.bytes.length;
    }
    for (const repair of repairs) {
      const at = Math.floor(repair.position / this.#size) + 1;
      this.#write(at, repair.position % this.#size, repair.bytes);
    }
    this.#sync(index);
    return position;
  }

  #write(index: number, offset: number, bytes: Uint8Array): void {
    const fd = nodeDisk.open(segmentPath(this.#options, index));
    try {
      nodeDisk.write(fd, bytes, offset);
      nodeDisk.syncNow(fd);
    } finally {
      nodeDisk.close(fd);
    }
  }

  /** Everything up to the end counts as synced from here on, whoever wrote it. */
  #sync(index: number): void {
    for (const at of segmentIndexes(this.#options).filter(other => other <= index && other >= index - 1)) {
      const fd = nodeDisk.open(segmentPath(this.#options, at));
      nodeDisk.syncNow(fd);
      nodeDisk.close(fd);
    }
    nodeDisk.syncFolder(this.#options.directory);
  }
}
