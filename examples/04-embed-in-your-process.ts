/** A gateway inside this process: a source, a codec and a sink of our own, and a FIX order that is refused, all through one ledger. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGateway, FixEncoder } from 'headrace';

const dataDir = mkdtempSync(join(tmpdir(), 'headrace-example-'));
const recordOf = (line: string): Uint8Array => Buffer.from(JSON.stringify({ line }));
// A sink reads the journal from its own place: its promise acknowledges a batch, a rejected batch comes again.
const kept: string[] = [];
const publishBatch = async (records: readonly { topic: string; value: string }[]): Promise<void> =>
  records.forEach(({ topic, value }) => topic === 'application' && kept.push(value));

const gateway = createGateway({
  config: {
    version: 1,
    instance: 'EXAMPLE',
    dataDir,
    logLevel: 'error',
    fix: {
      client: { port: 0, sessions: [{ senderCompId: 'DESK', targetCompId: 'CLIENT' }] },
      venue: { port: 1, senderCompId: 'DESK', targetCompId: 'VENUE' },
    },
    risk: { accounts: { DESK01: { maxQuantity: '50000' } }, symbols: { VOD: {} } },
    page: { port: 0 },
  },
  // A codec makes records of a source's bytes; what it throws becomes a dead letter's reason.
  codecs: { lines: { decode: bytes => Buffer.from(bytes).toString().trim().split('\n').map(recordOf) } },
  sources: {
    notes: {
      codec: 'lines',
      async open(push) {
        console.log(`durable at ${(await push(Buffer.from('desk opens\ndesk trades\n'))).length} positions`);
        return { close: () => {} };
      },
    },
  },
  sinks: { kept: { publishBatch, close: async () => {} } },
});
await gateway.start();

const nowNs = BigInt(Date.now()) * 1_000_000n;
const begin = (msgType: string, msgSeqNum: number): FixEncoder =>
  new FixEncoder().begin('FIX.4.4', msgType).field(49, 'CLIENT').field(56, 'DESK').field(34, msgSeqNum);
const client = connect(gateway.ports.clients, '127.0.0.1');
client.write(begin('A', 1).timestampField(52, nowNs, 3).field(98, 0).field(108, 30).finish());
const buy = begin('D', 2).timestampField(52, nowNs, 3).timestampField(60, nowNs, 3).field(11, 'A1').field(1, 'DESK01');
client.write(buy.field(55, 'VOD').field(54, 1).field(38, 60_000).field(40, 2).field(44, '45.50').finish());
const [refused] = await once(gateway, 'refused');
console.log(`${refused.data.clOrdId}: refused, ${refused.data.text}`);
await gateway.inject(Buffer.from('{"line":"desk closes"}'));
await gateway.close({ drainMs: 500 });
for (const record of kept) console.log(record);
rmSync(dataDir, { recursive: true });
