import { connect, createServer, type Server, type Socket } from 'node:net';

import { ConfigError, ConnectionError, TimeoutError } from '../../model/index.js';
import { FixConnection, type FixInbound } from './fix-connection.js';
import { FixTemplate, fixTime, orderIndexOf, parseFields, type TextField } from './fix-template.js';
import { Load, type LoadPlan, type LoadResult, type LoadTarget } from './load.js';

const LOGON_TIMEOUT_MS = 15_000;
const RETRY_MS = 100;
const NEW_ORDER_SINGLE = 'D';
const EXECUTION_REPORT = '8';

export interface WirePlan extends LoadPlan {
  /** FIX orders, one a line, tag=value parted by SOH or `|`; sent in turn. */
  readonly messages: readonly string[];
  readonly senderCompID?: string | undefined;
  readonly targetCompID?: string | undefined;
  /** Listen here as the venue and time order in → order out; without it, order in → its first answer. */
  readonly venuePort?: number | undefined;
  /** What the venue answers to each order. */
  readonly venueAnswer: 'none' | 'new' | 'fill';
}

const TO_VENUE =
  'from when the order was meant to be sent (the schedule) to when its bytes were read from the venue socket of the same thread';
const TO_ANSWER =
  'from when the order was meant to be sent (the schedule) to when its first answer was read from the socket, in one thread';

/** Tells this run's ClOrdIDs from those of a run before, which a gateway remembers. */
function idPrefix(): string {
  return `L${Date.now().toString(36).toUpperCase().slice(-6)}`;
}

function fieldOf(fields: readonly TextField[], tag: string): string | undefined {
  return fields.find(([name]) => name === tag)?.[1];
}

function sessionOf(plan: WirePlan, first: readonly TextField[]) {
  const senderCompID = plan.senderCompID ?? fieldOf(first, '49');
  const targetCompID = plan.targetCompID ?? fieldOf(first, '56');
  if (senderCompID === undefined || targetCompID === undefined)
    throw new ConfigError(
      'HR_CONFIG_MESSAGES',
      'name the CompIDs: --sender and --recipient, or 49 and 56 in the messages',
    );
  return { beginString: fieldOf(first, '8') ?? 'FIX.4.4', senderCompID, targetCompID, idPrefix: idPrefix() };
}

/** Both ends of the measured way, in one thread: the client's session and, when asked for, the venue's. */
class WireTarget implements LoadTarget {
  readonly timestamps: string;
  readonly #plan: WirePlan;
  readonly #load: Load;
  readonly #templates: readonly FixTemplate[];
  readonly #session: ReturnType<typeof sessionOf>;
  readonly #server: Server | undefined;
  #client: FixConnection | undefined;
  #venue: FixConnection | undefined;
  #arrived = 0;
  #refused = 0;
  #failure: string | undefined;
  #ready: () => void = () => {};
  #closing = false;

  constructor(plan: WirePlan, load: Load) {
    const parsed = plan.messages.map(parseFields);
    const [first] = parsed;
    if (first === undefined) throw new ConfigError('HR_CONFIG_MESSAGES', 'the messages file has no message');
    this.#plan = plan;
    this.#load = load;
    this.#session = sessionOf(plan, first);
    this.#templates = parsed.map(fields => new FixTemplate(fields, this.#session));
    this.timestamps = plan.venuePort === undefined ? TO_ANSWER : TO_VENUE;
    this.#server = plan.venuePort === undefined ? undefined : createServer(socket => this.#accept(socket));
  }

  /** Resolves once every session is logged on. */
  async open(): Promise<void> {
    const { venuePort, host, port } = this.#plan;
    const logons = new Promise<void>(resolve => (this.#ready = resolve));
    if (this.#server !== undefined) await listening(this.#server, venuePort ?? 0);
    const socket = await this.#connected(host, port);
    this.#client = new FixConnection({
      socket,
      ...this.#session,
      onLogon: () => this.#loggedOn(),
      onApplication: message => this.#toClient(message),
      onClosed: reason => this.#closed(`client session: ${reason}`),
    });
    this.#client.logon();
    await withTimeout(logons, () => (this.#client?.loggedOn ? 'the venue session' : 'the client session'));
  }

  /** A gateway may let clients in only once its venue is there: with a venue to offer, a refused connection is tried again. */
  async #connected(host: string, port: number): Promise<Socket> {
    const end = performance.now() + LOGON_TIMEOUT_MS;
    for (;;) {
      const socket = connect({ host, port });
      try {
        await connected(socket, `${host}:${port}`);
        return socket;
      } catch (error) {
        if (this.#server === undefined || performance.now() > end) throw error;
        await new Promise(resolve => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  send(from: number, to: number): void {
    const client = this.#client;
    if (client === undefined) return;
    const time = fixTime(Date.now());
    const at = (index: number): FixTemplate => this.#templates[index % this.#templates.length] as FixTemplate;
    let size = 0;
    for (let index = from; index < to; index++) size += at(index).bytes.length;
    const bytes = Buffer.allocUnsafe(size);
    let end = 0;
    for (let index = from; index < to; index++) end = at(index).write(bytes, end, client.msgSeqNum++, { index, time });
    client.write(bytes);
  }

  failure(): string | undefined {
    if (this.#failure !== undefined || this.#refused === 0) return this.#failure;
    return `${this.#refused} orders were refused: raise the target's limits`;
  }

  close(): void {
    this.#closing = true;
    this.#client?.close();
    this.#venue?.close();
    this.#server?.close();
  }

  #accept(socket: Socket): void {
    this.#venue = new FixConnection({
      socket,
      beginString: this.#session.beginString,
      senderCompID: '',
      targetCompID: '',
      onLogon: () => this.#loggedOn(),
      onApplication: message => this.#toVenue(message),
      onClosed: reason => this.#closed(`venue session: ${reason}`),
    });
  }

  #loggedOn(): void {
    const venueUp = this.#server === undefined || this.#venue?.loggedOn === true;
    if (venueUp && this.#client?.loggedOn === true) this.#ready();
  }

  #closed(reason: string): void {
    if (!this.#closing) this.#failure ??= reason;
  }

  /** An order at the venue. The target may send it under an id of its own: then orders are matched by their order of arrival. */
  #toVenue(message: FixInbound): void {
    if (message.msgType !== NEW_ORDER_SINGLE) return;
    const clOrdID = message.text('11');
    const named = orderIndexOf(clOrdID, this.#session.idPrefix);
    const index = named < 0 ? this.#arrived : named;
    this.#arrived++;
    this.#load.answered(index, message.receivedMs);
    if (this.#plan.venueAnswer !== 'none') this.#report(message, clOrdID);
  }

  #report(order: FixInbound, clOrdID: string): void {
    const filled = this.#plan.venueAnswer === 'fill';
    const [quantity, price] = [order.text('38'), order.text('44') || '1'];
    const done: TextField[] = filled
      ? [
          ['32', quantity],
          ['31', price],
        ]
      : [];
    this.#venue?.send(EXECUTION_REPORT, [
      ['37', `V${this.#arrived}`],
      ['11', clOrdID],
      ['17', `X${this.#arrived}`],
      ['150', filled ? 'F' : '0'],
      ['39', filled ? '2' : '0'],
      ['55', order.text('55')],
      ['54', order.text('54')],
      ['38', quantity],
      ...done,
      ['151', filled ? '0' : quantity],
      ['14', filled ? quantity : '0'],
      ['6', filled ? price : '0'],
    ]);
  }

  #toClient(message: FixInbound): void {
    if (this.#closing) return;
    const index = orderIndexOf(message.text('11'), this.#session.idPrefix);
    if (message.msgType === '3' || message.msgType === 'j') this.#failure ??= `rejected: ${message.text('58')}`;
    if (message.msgType === EXECUTION_REPORT && message.text('39') === '8') {
      if (this.#refused++ === 0) this.#plan.progress(`refused: ${message.text('58')}`);
    }
    if (this.#server === undefined) this.#load.answered(index, message.receivedMs);
  }
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', error => reject(new ConnectionError('HR_CONNECTION_LISTEN', error.message, { cause: error })));
    server.listen(port, '127.0.0.1', resolve);
  });
}

function connected(socket: Socket, target: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', error => {
      reject(new ConnectionError('HR_CONNECTION_TARGET', `${target}: ${error.message}`, { cause: error }));
    });
    socket.once('connect', resolve);
  });
}

function withTimeout(logons: Promise<void>, missing: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new TimeoutError('HR_TIMEOUT_LOGON', `${missing()} did not log on within ${LOGON_TIMEOUT_MS} ms`));
    }, LOGON_TIMEOUT_MS);
    void logons.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Drives a FIX endpoint open loop and returns the latencies; closes everything it opened, also when it fails. */
export async function loadWire(plan: WirePlan): Promise<LoadResult> {
  const load = new Load(plan);
  const target = new WireTarget(plan, load);
  try {
    await target.open();
  } catch (error) {
    target.close();
    throw error;
  }
  return load.run(target);
}
