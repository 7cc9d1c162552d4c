import { spawn } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Command } from 'commander';
import t from 'tap';

import { loadCommands } from '../../src/cli/commands.js';
import { projectRoot } from '../support/project.js';

t.setTimeout(400_000);

/** Not spawnSync: a test's own server must answer meanwhile. */
async function headrace(...args: string[]): Promise<{ status: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [join(projectRoot, 'bin', 'headrace.js'), ...args]);
  let [out, err] = ['', ''];
  child.stdout.on('data', chunk => (out += chunk));
  child.stderr.on('data', chunk => (err += chunk));
  const status = await new Promise<number | null>(resolve => child.on('close', resolve));
  return { status, out, err };
}

/** The example configuration with what it points to, in a folder of its own; `set` replaces lines by their key. */
function example(folder: string, ...replaced: [string, string][]): string {
  const file = join(folder, 'gateway.yaml');
  copyFileSync(join(projectRoot, 'examples', 'desk', 'gateway.yaml'), file);
  copyFileSync(join(projectRoot, 'examples', 'desk', 'positions.cpy'), join(folder, 'positions.cpy'));
  const text = replaced.reduce((all, [from, to]) => all.replace(from, to), readFileSync(file, 'utf8'));
  writeFileSync(file, text);
  return file;
}

/** A command and the commands inside it. */
function withInner(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(withInner)];
}

t.test('every command has a summary of one form and help with two examples of its own', async t => {
  for (const command of (await loadCommands(() => true)).flatMap(withInner)) {
    let help = '';
    command.configureOutput({ writeOut: text => (help += text) });
    command.outputHelp();
    t.match(command.summary(), /^[a-z].*[^.]$/, `${command.name()} says in a line what it does`);
    t.match(command.description(), /^[A-Z].*\.$/, `${command.name()} says in a sentence what it does`);
    const path = command.parent === null ? command.name() : `${command.parent.name()} ${command.name()}`;
    const examples = help.match(new RegExp(`^ {2}headrace ${path}\\b`, 'gm')) ?? [];
    t.ok(examples.length >= 2, `${command.name()} --help shows ${examples.length} examples`);
  }
});

t.test('--version tells of the native parts', async t => {
  const { status, out, err } = await headrace('--version');
  t.equal(status, 0);
  t.equal(err, '', 'and no help beside it');
  t.match(out, /^headrace \d+\.\d+\.\d+\n/);
  t.match(out, /codec, ring, risk \(C\+\+\): (native, interface \d+|TypeScript twin \(.+\))\n/);
  t.match(out, /journal \(Rust\): (native, interface \d+|TypeScript twin \(.+\))\n/);
  t.match(out, /columnar \(Rust\): (native, interface \d+|no Parquet or Arrow files \(.+\))\n/);
});

t.test('explain draws the configuration that it is given', async t => {
  const times = "    schedule: { kind: daily, startTime: '08:00', endTime: '17:00', timeZone: Europe/Berlin }";
  const failover = '    failover: [{ host: 10.0.0.2, port: 9882 }]\n    hostPolicy: firstAgain';
  const venue: [string, string] = ['    port: 9882', `    port: 9882\n${times}\n${failover}`];
  const file = example(t.testdir({}), ['port: 9880', 'port: 19880'], ['spinUs: 0', 'spinUs: 50'], venue);
  const { status, out } = await headrace('explain', file);
  t.equal(status, 0);
  t.match(out, /FIX clients \(DESK\) ◀─▶ 127\.0\.0\.1:19880/);
  t.match(out, /lane +FIX sessions, gate, order state, ledger +its event loop after spinning 50 µs/);
  t.match(out, /ledger tail ring +lane +every reader +64 MiB/);
  t.match(out, /an acknowledged order survives a power cut \(group commit\)/);
  t.match(out, /◀─▶ 127\.0\.0\.1:9882, 10\.0\.0\.2:9882 \(firstAgain\)/);
  t.match(out, /FIX session VENUE: daily 08:00 to 17:00 Europe\/Berlin/);
  t.notMatch(out, /FIX session DESK/, 'a session that is always open is not told of');
  t.notMatch(out, /publish worker/, 'a thread that is not configured is not drawn');
  const json = JSON.parse((await headrace('explain', file, '--json')).out);
  t.match(json, { instance: 'desk-1', threads: [{ thread: 'main' }, { thread: 'lane' }] });
  t.equal((await headrace('explain', join(t.testdir({}), 'absent.yaml'))).status, 78);
});

t.test('doctor tries ports and folders, and fails for what would not work', async t => {
  const taken = createServer().listen(0, '127.0.0.1');
  t.teardown(() => taken.close());
  await new Promise(resolve => taken.once('listening', resolve));
  const { port } = taken.address() as AddressInfo;
  const free: [string, string][] = ['9880', '9881', '8081', '8080'].map(old => [`port: ${old}`, 'port: 0']);
  const good = await headrace('doctor', example(t.testdir({}), ...free), '--json');
  t.equal(good.status, 0, good.out);
  t.match(JSON.parse(good.out).findings[0], { what: 'Node.js', state: 'ok' });
  const bad = await headrace('doctor', example(t.testdir({}), ['port: 9880', `port: ${port}`], ...free));
  t.equal(bad.status, 1);
  t.match(bad.out, new RegExp(`BAD {3}port of FIX clients: .*${port}`));
});

t.test('doctor says that Kafka is away, and that this is no reason not to start', async t => {
  const free: [string, string][] = ['9880', '9881', '8081', '8080'].map(old => [`port: ${old}`, 'port: 0']);
  const kafka: [string, string] = ['sinks:\n', 'sinks:\n  kafka: { brokers: ["127.0.0.1:1"] }\n'];
  const { status, out } = await headrace('doctor', example(t.testdir({}), ...free, kafka));
  t.equal(status, 0, out);
  t.match(out, /warn {2}kafka: not reachable/);
});

t.test(
  'wrong usage ends with 64, a file that cannot be read with 78, a taken port with 69, each in one line',
  async t => {
    const taken = createServer().listen(0, '127.0.0.1');
    t.teardown(() => taken.close());
    await new Promise(resolve => taken.once('listening', resolve));
    const { port } = taken.address() as AddressInfo;
    const folder = t.testdir({ 's.json': '{"senderCompID":"A","sessions":[]}' });
    const absent = join(folder, 'absent');
    const rows: readonly [number, RegExp, ...string[]][] = [
      [64, /unknown option '--nonsense'/, 'run', '--nonsense'],
      [64, /'abc' is invalid.*at least 0/, 'run', '--drain-ms', 'abc'],
      [64, /'abc' is invalid.*at least 0/, 'demo', folder, '--orders', 'abc'],
      [64, /missing required argument 'file'/, 'check'],
      [78, /^headrace: HR_INPUT: .*absent cannot be read/, 'check', absent, '--json'],
      [78, /^headrace: HR_INPUT: .*absent cannot be read/, 'bench', 'compare', absent, absent],
      [
        78,
        /^headrace: HR_INPUT: .*absent cannot/,
        'bench',
        'wire',
        '--target',
        'h:1',
        '--rate',
        '1',
        '--messages',
        absent,
      ],
      [
        69,
        /^headrace: HR_LISTEN: 127.0.0.1:\d+ .*another program has it/,
        'fix-acceptor',
        '--port',
        String(port),
        '--sessions',
        join(folder, 's.json'),
      ],
    ];
    for (const [status, message, ...command] of rows) {
      const found = await headrace(...command);
      t.equal(found.status, status, command.join(' '));
      t.match(found.err, message);
      t.notMatch(found.err, /\n {4}at /, 'no stack');
    }
  },
);
