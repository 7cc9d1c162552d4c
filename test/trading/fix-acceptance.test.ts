import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

import { fixAcceptanceFolder } from '../support/fix-acceptance.js';
import { projectRoot } from '../support/project.js';

const folder = fixAcceptanceFolder();
const python = spawnSync('python3', ['--version']).status === 0;
const skip = folder === undefined ? 'the FIX scenarios are not here' : !python && 'python3 is not here';
// Those of 4.2, 4.4 and 5.0 at least; other versions' folders beside them are played too.
const groups = (definitions: string): string[] => readdirSync(definitions).filter(name => /^fix\d/.test(name));

interface Report {
  readonly totals: { readonly pass: number; readonly fail: number; readonly skip: number };
  readonly results: readonly { readonly file: string; readonly verdict: string; readonly why: string }[];
}

async function startAcceptor(args: readonly string[]): Promise<{ acceptor: ChildProcess; port: number }> {
  const acceptor = spawn(process.execPath, [join(projectRoot, 'bin', 'headrace.js'), 'fix-acceptor', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(acceptor.stdout!, 'data')) as [Buffer];
  return { acceptor, port: Number(/:(\d+)\s*$/.exec(line.toString())?.[1]) };
}

async function play(port: number, report: string): Promise<Report> {
  const place = join(folder!, 'definitions');
  const definitions = groups(place).map(group => join(place, group));
  const args = [
    '--port',
    String(port),
    '--defs',
    ...definitions,
    '--jobs',
    String(definitions.length),
    '-q',
    '--json',
    report,
  ];
  const runner = spawn('python3', [join(folder!, 'runner.py'), ...args], { stdio: 'ignore' });
  await once(runner, 'exit');
  return JSON.parse(readFileSync(report, 'utf8')) as Report;
}

const runs: readonly [title: string, args: readonly string[]][] = [
  ['native: prefer', ['--native', 'prefer']],
  ['native: off', ['--native', 'off']],
  ['dictionaries read from QuickFIX XML', ['--native', 'off', '--dictionary', join(folder ?? '', 'dictionaries')]],
];

t.setTimeout(300_000);
t.test(
  'every scenario that is here passes byte for byte, those of FIX 4.2, 4.4 and 5.0 at least',
  { skip, timeout: 300_000 },
  async t => {
    // The scenarios spend their time waiting for heartbeats: the three runs go side by side.
    t.jobs = runs.length;
    for (const [index, [title, args]] of runs.entries())
      t.test(title, { buffered: true, timeout: 300_000 }, async t => {
        const sessions = ['--port', '0', '--sessions', join(folder!, 'sessions.json')];
        const { acceptor, port } = await startAcceptor([...sessions, ...args]);
        t.teardown(() => acceptor.kill());
        const { totals, results } = await play(port, join(t.testdir({}), `${index}.json`));
        t.strictSame(
          results.filter(result => result.verdict !== 'pass').map(({ file, why }) => `${file}: ${why}`),
          [],
        );
        t.ok(totals.pass >= 177, `${totals.pass} passed`);
      });
  },
);
