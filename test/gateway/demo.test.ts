import { spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';

import { exampleDesk } from '../../src/gateway/index.js';
import { openLogReader } from '../../src/journal/index.js';
import { FRAME_TYPE, TOPICS } from '../../src/model/index.js';
import { freePort } from '../support/free-port.js';
import { projectRoot } from '../support/project.js';
import { eventually } from '../support/servers.js';

t.setTimeout(400_000);

const FIRST_ORDER_MS_MAX = 10_000;

/** `examples/desk` on free ports: the port numbers are the only thing changed. */
async function layOut(folder: string): Promise<{ page: number }> {
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(exampleDesk(), 'positions.cpy'), join(folder, 'positions.cpy'));
  let text = readFileSync(join(exampleDesk(), 'gateway.yaml'), 'utf8');
  let page = 0;
  for (const port of [8080, 8081, 9880, 9881, 9882]) {
    const free = await freePort();
    text = text.replaceAll(`port: ${port}`, `port: ${free}`);
    if (port === 8080) page = free;
  }
  writeFileSync(join(folder, 'gateway.yaml'), text);
  return { page };
}

class DemoRun {
  readonly startedMs = performance.now();
  readonly #child: ChildProcess;
  readonly #exited: Promise<number | null>;
  readonly #page: number;
  output = '';

  constructor(folder: string, page: number) {
    this.#page = page;
    this.#child = spawn(process.execPath, [join(projectRoot, 'bin', 'headrace.js'), 'demo', folder], {
      env: { ...process.env, HEADRACE_DATA: join(folder, 'data') },
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', bytes => (this.output += String(bytes)));
    this.#exited = new Promise(resolve => this.#child.once('exit', resolve));
  }

  async sample(name: string): Promise<number> {
    try {
      const text = await (await fetch(`http://127.0.0.1:${this.#page}/metrics`)).text();
      const line = text.split('\n').find(one => one.startsWith(`${name} `));
      return Number(line?.split(' ').at(-1) ?? 0);
    } catch {
      return 0;
    }
  }

  accepted(): Promise<number> {
    return this.sample('headrace_orders_total{verdict="accepted"}');
  }

  refused(rule?: string): Promise<number> {
    return this.sample(
      rule === undefined ? 'headrace_orders_total{verdict="refused"}' : `headrace_refusals_total{rule="${rule}"}`,
    );
  }

  /** Ctrl-C; resolves with the exit code. */
  interrupt(): Promise<number | null> {
    this.#child.kill('SIGINT');
    return this.#exited;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

function lastAcceptedPosition(folder: string): { accepted: number; last: number; loads: number } {
  const reader = openLogReader({ directory: join(folder, 'data'), name: 'ledger', from: 'oldest' });
  let [accepted, last, loads] = [0, 0, 0];
  const visit = ({ sequence, topic, type }: { sequence: number; topic: number; type: number }): void => {
    if (TOPICS[topic] === 'orders.accepted') accepted++;
    if (type === FRAME_TYPE.loadEnd) loads++;
    last = sequence;
  };
  while (reader.poll(visit, 4_096) > 0);
  reader.close();
  return { accepted, last, loads };
}

const RULES = ['maxQuantity', 'maxNotional', 'maxPosition', 'grossNotional', 'priceCollar', 'unknownSymbol'];
const MORE_RULES = ['restricted', 'duplicateClOrdId', 'duplicateOrder'];

async function trades(t: Test, run: DemoRun): Promise<void> {
  await eventually('every kind of refusal shows', async () => {
    for (const rule of [...RULES, ...MORE_RULES]) if ((await run.refused(rule)) === 0) return false;
    return true;
  });
  const [accepted, refused] = [await run.accepted(), await run.refused()];
  t.comment(`${accepted} accepted, ${refused} refused`);
  t.ok(accepted / (accepted + refused) > 0.8, 'the desk’s orders are mostly accepted');
}

t.test('headrace demo trades, drains at Ctrl-C, and goes on in a second run', async t => {
  const folder = t.testdir({});
  const { page } = await layOut(folder);
  const first = new DemoRun(folder, page);
  t.teardown(() => first.kill());
  await eventually('the first order is accepted', async () => (await first.accepted()) > 0);
  const firstOrderMs = performance.now() - first.startedMs;
  t.comment(
    `first order after ${Math.round(firstOrderMs)} ms; the promise is ${FIRST_ORDER_MS_MAX} ms on a machine of its own`,
  );
  await trades(t, first);
  t.equal(await first.interrupt(), 0, 'exit code');
  t.match(first.output, /headrace: the desk is open\. Page http:\/\/127\.0\.0\.1:\d+/);
  t.notMatch(first.output, /"level":"?(error|fatal|50|60)/);
  t.ok(existsSync(join(folder, 'data', 'demo-counterparty.json')), 'the other process drained too');
  const before = lastAcceptedPosition(folder);
  t.equal(before.loads, 1);

  const second = new DemoRun(folder, page);
  t.teardown(() => second.kill());
  await eventually('orders are accepted again', async () => (await second.accepted()) > 20);
  t.ok((await second.accepted()) < before.accepted + 20, 'counters begin with the process');
  t.equal(await second.interrupt(), 0);
  t.match(second.output, /alreadyLoaded/);
  t.match(second.output, new RegExp(`"lastSequence":${before.last}\\b`), 'positions go on');
  const after = lastAcceptedPosition(folder);
  t.equal(after.loads, 1, 'the same file is not loaded twice');
  t.ok(after.accepted > before.accepted);
});
