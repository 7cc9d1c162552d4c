import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

import { ConfigError } from '../../model/index.js';
import { openFileStore, storeFolder } from '../file-store.js';
import type { ForeignStore } from './foreign-store.js';

/**
 * Makes a file store of ours from one of QuickFIX: both numbers, and the messages sent, so that the counterparty's next ResendRequest is
 * answered as before. The store is whole or not there. Returns how many messages came along. Throws ConfigError
 * (HR_FIX_STORE_USED) where the session has a store already: its numbers are in use.
 */
export function takeOverStore(from: ForeignStore, to: { folder: string; session: string }, nowNs: bigint): number {
  const final = storeFolder(to.folder, to.session);
  if (existsSync(final))
    throw new ConfigError(
      'HR_FIX_STORE_USED',
      `${final} is there: its numbers are in use; remove it to take over others`,
    );
  const draft = `${to.folder}.importing`;
  rmSync(draft, { recursive: true, force: true });
  const store = openFileStore({ folder: draft, session: to.session, durability: 'os' });
  let messages: number;
  try {
    messages = from.readMessages((msgSeqNum, bytes) => store.outbound(bytes, msgSeqNum, nowNs));
    // They are of the period under way: a schedule must not begin them again.
    const beganMs = Number(nowNs / 1_000_000n);
    store.reset({ nextInSeqNum: from.nextInSeqNum, nextOutSeqNum: from.nextOutSeqNum, beganMs }, nowNs);
  } finally {
    store.close();
  }
  mkdirSync(dirname(final), { recursive: true });
  renameSync(storeFolder(draft, to.session), final);
  rmSync(draft, { recursive: true, force: true });
  return messages;
}
