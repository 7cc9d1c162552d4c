/** Appending 100-byte records beside a C loop, Node's fs and lmdb, at four paces of syncing. */
import type { Case, Question } from './harness.js';
import { cWrite, lmdb, nodeWrite } from './journal-peers.js';
import { journalAppend } from './journal-ours.js';

const PACES: readonly (readonly [string, number])[] = [
  ['sync a 1,000', 1000],
  ['sync a 100', 100],
  ['sync each', 1],
  ['no sync', 0],
];

async function journalCase(name: string, recordsPerSync: number): Promise<Case> {
  return {
    name,
    ours: await journalAppend('require', recordsPerSync),
    peers: [
      await cWrite(recordsPerSync),
      await lmdb(recordsPerSync),
      nodeWrite(recordsPerSync),
      await journalAppend('off', recordsPerSync),
    ],
  };
}

export const journal: Question = {
  name: 'journal',
  async *cases() {
    for (const [name, recordsPerSync] of PACES) yield journalCase(name, recordsPerSync);
  },
};
