import { join } from 'node:path';
import t from 'tap';

import { createGateway, type GatewayConfigInput, type Happening, type Push } from '../../src/index.js';
import { until } from '../support/until.js';

t.setTimeout(400_000);

function config(dataDir: string): GatewayConfigInput {
  return {
    version: 1,
    instance: 'EMBED',
    dataDir,
    logLevel: 'error',
    journal: { durability: 'os' },
    fix: {
      client: { port: 0, sessions: [{ senderCompId: 'DESK', targetCompId: 'CLIENT' }] },
      venue: { port: 1, senderCompId: 'DESK', targetCompId: 'VENUE' },
    },
    sinks: { websocket: { port: 0 } },
    page: { port: 0 },
  };
}

const lines = {
  *decode(bytes: Uint8Array): Iterable<Uint8Array> {
    const text = Buffer.from(bytes).toString('utf8');
    if (text.includes('!')) throw new Error('"!" is no record');
    for (const line of text.trim().split('\n')) yield Buffer.from(line);
  },
};

t.test('sources, codecs and sinks of the embedder’s own meet in the journal', async t => {
  const published: string[] = [];
  const letters: Happening[] = [];
  let push: Push = () => Promise.resolve([]);
  let closed = false;
  const gateway = createGateway({
    config: config(t.testdir()),
    codecs: { lines },
    sources: {
      file: {
        codec: 'lines',
        open(given) {
          push = given;
          return { close: () => void (closed = true) };
        },
      },
    },
    sinks: {
      mine: {
        publishBatch: async records => void published.push(...records.map(({ topic, value }) => `${topic} ${value}`)),
        close: async () => {},
      },
    },
  });
  gateway.on('deadLetter', letter => letters.push(letter));
  await gateway.start();
  const positions = await push(Buffer.from('{"a":1}\n{"a":2}\n'));
  t.equal(positions.length, 2);
  t.strictSame(await push(Buffer.from('bad!')), [], 'a bad chunk gives no record');
  const { position } = await gateway.inject(Buffer.from([0xff, 0x00]));
  t.ok(position > (positions[1] ?? 0));
  await until(() => published.length === 4 && letters.length === 1);
  t.strictSame(
    published.filter(text => text.startsWith('application')),
    ['application {"a":1}', 'application {"a":2}', 'application {"hex":"ff00"}'],
  );
  t.match(letters[0]?.data, { reason: 'source file: "!" is no record', hex: '62616421' });
  await gateway.close({ drainMs: 500 });
  t.ok(closed, 'the source was closed');
  await t.rejects(gateway.inject(Buffer.from('late')), { code: 'HR_CLOSED' });
});

t.test('records pass the steps of transform on their way to the topic; what they refuse is a dead letter', async t => {
  const published: string[] = [];
  const letters: Happening[] = [];
  let push: Push = () => Promise.resolve([]);
  const gateway = createGateway({
    config: {
      ...config(t.testdir()),
      transform: [
        { source: 'trades', fields: { id: 'ID', 'value.net': 'QTY * PRICE' } },
        { when: 'value.net > 100', fields: { id: 'id', net: 'value.net', isLarge: 'true' } },
      ],
    },
    codecs: { lines },
    sources: { trades: { codec: 'lines', open: given => ((push = given), { close: () => {} }) } },
    sinks: {
      mine: {
        publishBatch: async records => void published.push(...records.map(({ topic, value }) => `${topic} ${value}`)),
        close: async () => {},
      },
    },
  });
  gateway.on('deadLetter', letter => letters.push(letter));
  await gateway.start();
  const sent = [
    '{"ID":"A","QTY":3,"PRICE":0.10}',
    '{"ID":"B"}',
    'no JSON',
    '{"ID":"C","QTY":9007199254740993,"PRICE":1.1}',
  ];
  t.equal((await push(Buffer.from(sent.join('\n')))).length, 2);
  await t.rejects(gateway.inject(Buffer.from('[1,2]')), 'what is injected passes the steps of all sources');
  await gateway.inject(Buffer.from('{"id":1,"value":{"net":5}}'));
  await until(() => published.filter(text => text.startsWith('application')).length === 3 && letters.length === 2);
  t.strictSame(published.filter(text => text.startsWith('application')).sort(), [
    'application {"id":"A","value":{"net":0.30}}',
    'application {"id":"C","net":9907919180215092.3,"isLarge":true}',
    'application {"id":1,"value":{"net":5}}',
  ]);
  t.match(JSON.stringify(letters[0]?.data), /source trades: value\.net: the record has no field QTY/);
  t.match(gateway.view?.transforms(), [
    { source: 'inject', in: 2, out: 1, refused: { record: 1 }, deadLettered: 0 },
    { source: 'trades', in: 4, out: 2, refused: { 'transform[0]': 1, record: 1 }, deadLettered: 2 },
  ]);
  await gateway.close({ drainMs: 500 });
});

t.test('a step of transform for a source that nobody has is refused when the gateway is made', async t => {
  const transform = [{ source: 'trade', fields: { id: 'ID' } }];
  t.throws(() => createGateway({ config: { ...config(t.testdir()), transform } }), {
    code: 'HR_SOURCE',
    message: 'transform[0].source names trade, which brings no records here: inject',
  });
});

t.test('at durability group an embedder’s sink gets a record once it is synced, 500 ms after its commit', async t => {
  const arrivedMs: number[] = [];
  const publishBatch = async (): Promise<void> => void arrivedMs.push(performance.now());
  const gateway = createGateway({
    config: { ...config(t.testdir()), journal: { durability: 'group', group: { timeMs: 500 } } },
    sinks: { mine: { publishBatch, close: async () => {} } },
  });
  await gateway.start();
  for (let round = 0; round < 3; round++) {
    await until(() => gateway.view?.logs().every(log => log.syncedSequence === log.committedSequence) === true);
    const injectedMs = performance.now();
    await gateway.inject(Buffer.from('{}'));
    await until(() => arrivedMs.length > round);
    t.ok((arrivedMs[round] ?? 0) - injectedMs >= 499);
  }
  await gateway.close({ drainMs: 500 });
});

t.test(
  'a rule that cannot be loaded, a codec that is not there, a start made twice: each is refused by name',
  async t => {
    const folder = t.testdir({ 'broken.mjs': 'export default 7;\n' });
    const data = (name: string): GatewayConfigInput => config(join(folder, name));
    const rules = [{ name: 'seven', module: join(folder, 'broken.mjs') }];
    const withRule = createGateway({ config: data('one'), rules });
    await t.rejects(withRule.start(), { code: 'HR_RULE_MODULE', message: /no function as its default export/ });
    const sources = { file: { codec: 'none', open: () => ({ close: () => {} }) } };
    await t.rejects(createGateway({ config: data('two'), sources }).start(), { code: 'HR_SOURCE_CODEC' });
    const gateway = createGateway({ config: config(t.testdir()) });
    await gateway.start();
    await t.rejects(gateway.start(), { code: 'HR_CLOSED' });
    await gateway.close({ drainMs: 100 });
    t.throws(() => createGateway({ config: { ...config('x'), version: 2 } as unknown as GatewayConfigInput }), {
      code: 'HR_CONFIG',
    });
  },
);

t.test('a sink may not be named like one of headrace’s own, nor leave the offsets’ folder', async t => {
  const sink = { publishBatch: async () => {}, close: async () => {} };
  for (const name of ['kafka', '../kafka', 'a/b', 'Upper', ''])
    t.throws(() => createGateway({ config: config(t.testdirName), sinks: { [name]: sink } }), {
      code: 'HR_SINK_NAME',
      message: `sink "${name}"`,
    });
  t.ok(createGateway({ config: config(t.testdirName), sinks: { 'kafka-2': sink } }));
});

t.test('closing is one stop, whoever asks: a port in use, a source that throws, a sink that never answers', async t => {
  await t.test('a close during a start that fails ends with it', async t => {
    const first = createGateway({ config: config(t.testdir({})) });
    await first.start();
    t.teardown(() => first.close({ drainMs: 100 }));
    const page = { port: first.ports.page };
    const second = createGateway({ config: { ...config(join(t.testdirName, 'second')), page } });
    const started = t.rejects(second.start(), { message: /cannot be listened on/ });
    await Promise.all([second.close(), second.close(), started]);
    await second.close();
  });

  await t.test('a source whose close throws keeps nothing running, and is told to the caller', async t => {
    const close = (): void => {
      throw new Error('the file is gone');
    };
    const sources = { broken: { open: () => ({ close }) } };
    const gateway = createGateway({ config: config(t.testdir({})), sources });
    await gateway.start();
    const { page } = gateway.ports;
    const told = new Promise<unknown>(resolve => gateway.once('closed', resolve));
    const closing = [gateway.close({ drainMs: 100 }), gateway.close({ drainMs: 100 })];
    for (const one of closing) await t.rejects(one, { message: 'the file is gone' });
    t.equal(await told, undefined);
    await t.rejects(fetch(`http://127.0.0.1:${page}/readyz`), 'the page is closed');
    await createGateway({ config: config(t.testdirName) })
      .start()
      .then(next => next.close({ drainMs: 100 }));
  });

  await t.test(
    'a sink whose publishBatch never settles, and a source that never closes, take the drain time',
    async t => {
      const never = (): Promise<void> => new Promise(() => {});
      const gateway = createGateway({
        config: config(t.testdir({})),
        sinks: { mine: { publishBatch: never, close: never } },
        sources: { endless: { open: () => ({ close: never }) } },
      });
      await gateway.start();
      await gateway.inject(Buffer.from('{}'));
      const startedMs = Date.now();
      await gateway.close({ drainMs: 200 });
      t.ok(Date.now() - startedMs < 10_000, `${Date.now() - startedMs} ms`);
    },
  );
});
