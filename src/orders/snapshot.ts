import type { Halt } from './halt-book.js';
import type { Load } from './load-desk.js';
import { packTable, unpackTable } from './sparse-table.js';

const HEAD_SIZE = 8;

/** What a snapshot says of a session. What is optional is false or 0 where it is left out, as in older ones. */
export interface SavedSession {
  readonly name: string;
  readonly nextIn: number;
  readonly nextOut: number;
  readonly loggedOut?: boolean;
  readonly cancelBefore?: number;
  /** Names of the operations whose effect lasts. */
  readonly operated?: readonly string[];
  readonly beganMs?: number;
}

/** What a snapshot says besides its tables. */
export interface SnapshotFacts {
  readonly version: 4;
  readonly sessions: readonly SavedSession[];
  readonly loads: readonly Load[];
  readonly halts: readonly Halt[];
  readonly limitsHash: string;
  readonly lastTimeNs: string;
}

/** The tables of a snapshot by name: gate, names, orders, and each session's sent messages. */
export type SnapshotTables = Readonly<Record<string, Uint8Array>>;

const VERSION = 4;

/**
 * A snapshot's content: u32 size of the JSON, u32 0, the JSON (facts and the tables' names and sizes), then the
 * tables one after the other, without their zero pages.
 */
export function encodeLaneSnapshot(facts: SnapshotFacts, tables: SnapshotTables): Uint8Array[] {
  const packed = Object.entries(tables).map(([name, bytes]) => [name, packTable(bytes)] as const);
  const sizes = Object.fromEntries(packed.map(([name, bytes]) => [name, bytes.length]));
  const json = Buffer.from(JSON.stringify({ facts, sizes }), 'utf8');
  const head = Buffer.alloc(HEAD_SIZE);
  head.writeUInt32LE(json.length, 0);
  return [head, json, ...packed.map(([, bytes]) => bytes)];
}

/** Reads a snapshot's content; undefined for one of another version, whose ledger is folded from its first frame. */
export function decodeLaneSnapshot(bytes: Uint8Array): { facts: SnapshotFacts; tables: SnapshotTables } | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const jsonEnd = HEAD_SIZE + buffer.readUInt32LE(0);
  const { facts, sizes } = JSON.parse(buffer.toString('utf8', HEAD_SIZE, jsonEnd)) as {
    facts: SnapshotFacts;
    sizes: Record<string, number>;
  };
  if (facts.version !== VERSION) return undefined;
  let at = jsonEnd;
  const tables: Record<string, Uint8Array> = {};
  for (const [name, size] of Object.entries(sizes)) {
    tables[name] = unpackTable(bytes.subarray(at, at + size));
    at += size;
  }
  return { facts, tables };
}
