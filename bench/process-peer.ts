/**
 * A peer in a process of its own, kept alive so that its code stays warm and it can take turns with ours. It reads lines from
 * standard input: each `run` does one cycle and answers with one line, the value in the case's unit; at the end of input it exits.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

import type { Rated } from './harness.js';

const CYCLE_TIMEOUT_MS = 120_000;

export interface ProcessPeer {
  readonly name: string;
  readonly unit: string;
  readonly command: readonly string[];
  /** Cycles thrown away beyond the usual one: a JVM compiles in them. */
  readonly warmUps?: number;
}

export function processPeer(peer: ProcessPeer): Rated {
  const [program = '', ...args] = peer.command;
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const failed = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', code => reject(new Error(`${peer.name} ended with code ${code}`)));
  });
  failed.catch(() => {});
  child.stdin.on('error', () => {});

  async function cycle(): Promise<number> {
    child.stdin.write('run\n');
    const timer = setTimeout(() => child.kill(), CYCLE_TIMEOUT_MS);
    const line = await Promise.race([lines.next(), failed]);
    clearTimeout(timer);
    const value = Number(line.value);
    if (line.done === true || !Number.isFinite(value)) throw new Error(`${peer.name} answered ${String(line.value)}`);
    return value;
  }

  let warmUps = peer.warmUps ?? 0;
  async function run(): Promise<number> {
    for (; warmUps > 0; warmUps--) await cycle();
    return cycle();
  }
  async function close(): Promise<void> {
    child.stdin.end();
    await failed.catch(() => {});
  }
  return { name: peer.name, unit: peer.unit, run, close };
}
