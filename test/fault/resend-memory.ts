import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import { FixBatch, FixEncoder, type FixMessage } from '../../src/codec/index.js';
import { Findings, type CampaignOptions, type CampaignReport } from '../support/campaign.js';
import { Desk } from '../support/desk.js';
import { until } from '../support/until.js';

const MIB = 2 ** 20;
/** What one answer may add to the resident memory of lane and client together, however long it is. */
const GROWTH_MAX = 64 * MIB;
const REQUESTS_A_WRITE = 500;
const UNANSWERED_MAX = 5_000;
const WAIT_MS = 1_800_000;
const SAMPLE_MS = 20;

/** A client that asks for what the desk does not serve: each request is answered with a message that a ResendRequest brings again. */
class AskingClient {
  answers = 0;
  /** MsgSeqNums of possible duplicates, as far as they came one after the other. */
  resentTo = 1;
  firstOutOfTurn = 0;
  /** How many had been resent when the live answer came; -1: it has not. */
  liveAfter = -1;
  isLoggedOn = false;
  #msgSeqNum = 1;
  #kept = Buffer.alloc(0);
  readonly #socket: Socket;
  readonly #encoder = new FixEncoder();
  readonly #batch = new FixBatch(undefined);

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => this.#read(bytes));
  }

  message(msgType: string, fields: readonly (readonly [number, string])[]): Uint8Array {
    const encoder = this.#encoder.begin('FIX.4.4', msgType).field(34, this.#msgSeqNum++).field(49, 'CLIENT');
    encoder.timestampField(52, BigInt(Date.now()) * 1_000_000n, 3).field(56, 'DESK');
    for (const [tag, value] of fields) encoder.field(tag, value);
    return Uint8Array.from(encoder.finish());
  }

  send(...messages: readonly Uint8Array[]): void {
    this.#socket.write(Buffer.concat(messages));
  }

  async ask(count: number): Promise<void> {
    for (let asked = 0; asked < count; asked += REQUESTS_A_WRITE) {
      const some = Math.min(REQUESTS_A_WRITE, count - asked);
      const status = [
        [324, 'A'],
        [55, 'ACME'],
        [263, '0'],
      ] as const;
      this.send(...Array.from({ length: some }, () => this.message('e', status)));
      await until(() => asked + some - this.answers < UNANSWERED_MAX, WAIT_MS);
    }
    await until(() => this.answers === count, WAIT_MS);
  }

  #read(bytes: Buffer): void {
    const all = this.#kept.length === 0 ? bytes : Buffer.concat([this.#kept, bytes]);
    let at = 0;
    for (let count = this.#batch.scan(all, at, all.length); count > 0; count = this.#batch.scan(all, at, all.length)) {
      at = this.#batch.consumed;
      for (let index = 0; index < count; index++) this.#take(this.#batch.select(index));
    }
    this.#kept = Buffer.from(all.subarray(at));
  }

  #take(message: FixMessage): void {
    if (message.msgType === 'A') this.isLoggedOn = true;
    else if (message.has(43)) this.#resent(message);
    else if (message.msgType === 'j') this.answers++;
    else if (message.textOf(112) === 'LIVE') this.liveAfter = this.resentTo - 1;
  }

  #resent(message: FixMessage): void {
    const msgSeqNum = message.integerOf(34);
    if (message.msgType !== 'j') return;
    if (msgSeqNum !== this.resentTo + 1 && this.firstOutOfTurn === 0) this.firstOutOfTurn = msgSeqNum;
    this.resentTo = msgSeqNum;
  }
}

/** A client asks a desk for all of so many messages again, over loopback: each comes once and in order, what is live behind them, and memory stays flat. */
export async function run({ rounds, native }: CampaignOptions): Promise<CampaignReport> {
  const found = new Findings();
  const desk = new Desk({ native });
  await desk.startVenue();
  await desk.startLane();
  const socket = connect(desk.clientPort, '127.0.0.1');
  await once(socket, 'connect');
  const client = new AskingClient(socket);
  client.send(
    client.message('A', [
      [98, '0'],
      [108, '0'],
    ]),
  );
  await until(() => client.isLoggedOn, WAIT_MS);
  await client.ask(rounds);
  const before = process.memoryUsage.rss();
  let peak = before;
  const sampling = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), SAMPLE_MS);
  const startedMs = performance.now();
  client.send(
    client.message('2', [
      [7, '2'],
      [16, '0'],
    ]),
    client.message('1', [[112, 'LIVE']]),
  );
  await until(() => client.liveAfter >= 0, WAIT_MS);
  const seconds = (performance.now() - startedMs) / 1000;
  clearInterval(sampling);
  socket.destroy();
  await desk.stop();
  found.expect(client.firstOutOfTurn === 0, `${client.firstOutOfTurn} came out of its turn`);
  found.expect(client.liveAfter === rounds, `the live answer came behind ${client.liveAfter} of ${rounds}`);
  found.expect(peak - before <= GROWTH_MAX, `${Math.round((peak - before) / MIB)} MiB more were resident`);
  found.count(`${rounds} resent in ${seconds.toFixed(0)} s, ${Math.round((peak - before) / MIB)} MiB more resident`);
  return found.report('resend-memory', rounds);
}
