/** What stands between the order client and the venue: our gateway, QuickFIX's relay, or an echo that knows no FIX. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { freePorts } from '../test/support/free-port.js';
import { nativePeer, peersFolder, projectRoot, workFolder } from './install.js';
import { QUICKFIX, quickfixProgram } from './quickfix-peer.js';

const READY_TIMEOUT_MS = 10_000;
const STOP_TIMEOUT_MS = 10_000;

export interface RunningTarget {
  readonly port: number;
  /** The load must listen here as the venue; without it the target answers on the client's own connection. */
  readonly venuePort?: number;
  stop(): Promise<void>;
}

export interface WireTargetKind {
  readonly name: string;
  /** A fresh process for one cycle, so that an idle one never takes time from another; throws why it cannot be had. */
  start(): Promise<RunningTarget>;
}

function saysReady(child: ChildProcess, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${name} did not start in time`)), READY_TIMEOUT_MS);
    child.stdout?.once('data', () => {
      clearTimeout(timer);
      resolve();
    });
    child.once('exit', code => reject(new Error(`${name} ended with code ${code}`)));
  });
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise(resolve => child.once('exit', resolve));
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  child.kill('SIGTERM');
  await ended;
  clearTimeout(timer);
}

/** A C echo on loopback: `epoll` sleeps between messages, `spin` never does. */
export function bareEcho(how: 'epoll' | 'spin'): WireTargetKind {
  const name = how === 'epoll' ? 'bare TCP echo in C, epoll' : 'bare TCP echo in C, spinning';
  async function start(): Promise<RunningTarget> {
    const program = nativePeer({ source: 'echo/echo.c' });
    const [port = 0] = await freePorts(1);
    const child = spawn(program, [String(port), how], { stdio: ['ignore', 'pipe', 'inherit'] });
    await saysReady(child, name);
    return { port, stop: () => stopped(child) };
  }
  return { name, start };
}

export const quickfixRelay: WireTargetKind = {
  name: `${QUICKFIX}, receive, check, forward`,
  async start() {
    const program = quickfixProgram('relay.cc');
    const [port = 0, venuePort = 0] = await freePorts(2);
    const settings = readFileSync(join(peersFolder, 'quickfix', 'relay.cfg'), 'utf8')
      .replaceAll('@CLIENT_PORT@', String(port))
      .replaceAll('@VENUE_PORT@', String(venuePort));
    const file = join(workFolder('quickfix-relay'), 'relay.cfg');
    writeFileSync(file, settings);
    const child = spawn(program, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
    await saysReady(child, this.name);
    return { port, venuePort, stop: () => stopped(child) };
  },
};

/** Our gateway as users run it, its settings in bench/peers/headrace/gateway.yaml; `spinUs` 0 sleeps between messages. */
export function ourGateway(spinUs: number): WireTargetKind {
  const name = spinUs === 0 ? 'headrace, lane parked' : 'headrace, lane spinning';
  async function start(): Promise<RunningTarget> {
    if (!existsSync(join(projectRoot, 'dist', 'src', 'cli', 'run.js')))
      throw new Error('headrace run does not exist yet');
    const [port = 0, venuePort = 0] = await freePorts(2);
    const settings = join(peersFolder, 'headrace', 'gateway.yaml');
    const environment = {
      ...process.env,
      HEADRACE_BENCH_DATA: workFolder('gateway'),
      HEADRACE_BENCH_SPIN_US: String(spinUs),
      HEADRACE_BENCH_CLIENT_PORT: String(port),
      HEADRACE_BENCH_VENUE_PORT: String(venuePort),
    };
    const program = [join(projectRoot, 'bin', 'headrace.js'), 'run', settings];
    const child = spawn(process.execPath, program, { env: environment, stdio: ['ignore', 'ignore', 'inherit'] });
    return { port, venuePort, stop: () => stopped(child) };
  }
  return { name, start };
}
