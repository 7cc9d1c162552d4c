import { linkSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { threadId } from 'node:worker_threads';

import { HeadraceError } from '../model/index.js';
import { currentBootId } from './format.js';
import { filePath, type LogFolder } from './folder.js';

/** When a process started, in clock ticks since the boot, so that a pid used again is not taken for its dead owner. */
function startTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function isAlive(owner: string): boolean {
  const [pidText = '', boot, ticks] = owner.split(' ');
  const pid = Number(pidText);
  if (!Number.isInteger(pid) || pid <= 0 || boot !== bootText()) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = startTicks(pid);
  return now === undefined || ticks === now;
}

function bootText(): string {
  return Buffer.from(currentBootId()).toString('hex');
}

function readOwner(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

/**
 * Takes a dead owner's lock away: renamed to a name of our own, then looked at again, and put back if somebody was faster.
 */
function removeStale(path: string, owner: string): void {
  const aside = `${path}.${process.pid}.${threadId}.stale`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  if (readOwner(aside) !== owner) linkSync(aside, path);
  unlinkSync(aside);
}

/** Who a thread of this process is to others: pid, boot, start of the process, and the thread, which a process never numbers twice. */
function ownerText(thread: number): string {
  return `${process.pid} ${bootText()} ${startTicks(process.pid) ?? ''} ${thread}`;
}

/**
 * Unlocks a log whose writer was a worker of this process that has ended without closing it: to others the process is alive, so nobody else
 * can. A lock of any other owner stays. `thread` is the worker's `threadId`, read while it ran.
 */
export function releaseLog(folder: LogFolder, thread: number): void {
  const path = filePath(folder, 'lock');
  if (readOwner(path) === ownerText(thread)) unlinkSync(path);
}

/** Locks a log for this thread; a lock whose owner is dead is taken over. Returns what unlocks it. */
export function lockLog(folder: LogFolder): () => void {
  const path = filePath(folder, 'lock');
  const held = tryLock(path);
  if (typeof held === 'function') return held;
  throw new HeadraceError('HR_JOURNAL_LOCKED', `${path}: the log is open in process ${held}; stop it first`, {
    details: { path, pid: held },
  });
}

/**
 * Locks what a file stands for, for this thread: makes the file, which names its owner. A lock whose owner is dead is taken over. Returns
 * what unlocks it, or the pid of the process that holds it. Throws what the file system does.
 */
export function tryLock(path: string): (() => void) | string {
  const own = `${path}.${process.pid}.${threadId}.new`;
  try {
    writeFileSync(own, ownerText(threadId));
    for (let attempt = 0; attempt < 3; attempt++) {
      try {
        linkSync(own, path);
        return () => rmSync(path, { force: true });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const owner = readOwner(path);
      if (owner !== undefined && isAlive(owner)) break;
      if (owner !== undefined) removeStale(path, owner);
    }
  } finally {
    // On a full disk it may be there, empty.
    rmSync(own, { force: true });
  }
  return readOwner(path)?.split(' ')[0] ?? 'unknown';
}
