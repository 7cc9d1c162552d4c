import {
  chooseDriver,
  hostName,
  isLoopback,
  isSameSite,
  type DataServer,
  type DataSocket,
  type DataSocketHandlers,
  type UpgradeRequest,
} from '../http/index.js';
import { ConfigError } from '../model/index.js';
import { createCounters, type Counters, type Log } from '../observe/index.js';
import { LiveFeed } from './live-feed.js';
import type { Names } from './names.js';
import { topicMessage, type Render, type RenderedFrame } from './rendering.js';
import type { SinkLog } from './sink-log.js';
import { Subscription, type SubscriptionContext } from './websocket-client.js';
import { WEBSOCKET_COUNTERS, type WebSocketCounter } from './websocket-counters.js';
import type { WebSocketOptions } from './websocket-options.js';
import {
  errorMessage,
  parseRequest,
  PROTOCOL_VERSION,
  type RequestError,
  type SubscribeRequest,
} from './websocket-protocol.js';

export interface WebSocketServerOptions {
  readonly options: WebSocketOptions;
  /** The logs whose topics are served. */
  readonly logs: readonly SinkLog[];
  readonly render: Render;
  /** The names `render` uses: the server reads those of the logs so far before it listens. */
  readonly names?: Names;
  /** Name of this gateway, in the hello. */
  readonly instance: string;
  /** Whether a request may connect, besides what its origin says (tokens); without it everybody on this machine may. */
  readonly authorizes?: ((request: UpgradeRequest) => boolean) | undefined;
  readonly log: Log;
}

/** A client that sends so many bad requests is cut. */
const ERRORS_MAX = 20;
const POLICY_VIOLATION = 1008;
/** The driver cuts a client whose queue is so many times over its bound: one turn's messages may pass the bound itself. */
const BUFFER_FACTOR_MAX = 4;
const ONE_TURN_BYTES = 16_777_216;

interface Client {
  readonly subscriptions: Map<string, Subscription>;
  errors: number;
}

/** The WebSocket data server: topics of the logs by name and position (docs/websocket.md), on the thread that made it. */
export class WebSocketTopics implements DataSocketHandlers {
  readonly counters: Counters<WebSocketCounter> = createCounters(WEBSOCKET_COUNTERS);
  readonly #options: WebSocketServerOptions;
  readonly #context: SubscriptionContext;
  readonly #feeds: readonly LiveFeed[];
  readonly #clients = new Map<DataSocket, Client>();
  #server: DataServer | undefined;
  #turn: NodeJS.Immediate | undefined;

  private constructor(options: WebSocketServerOptions) {
    this.#options = options;
    this.#feeds = options.logs.map(log => new LiveFeed(log, options.render));
    this.#context = { options: options.options, render: options.render, counters: this.counters };
  }

  /**
   * Listens; rejects with ConnectionError when the port cannot be had or the driver asked for does not load, with ConfigError for an address
   * that others reach while nothing authorizes.
   */
  static async open(options: WebSocketServerOptions): Promise<WebSocketTopics> {
    const { host, port, driver, bufferBytes } = options.options;
    if (options.authorizes === undefined && !isLoopback(host))
      throw new ConfigError('HR_OPEN_HOST', `${host}: without tokens only a loopback address may be bound`);
    const topics = new WebSocketTopics(options);
    for (const feed of topics.#feeds) options.names?.foldToEnd(feed.log);
    const chosen = await chooseDriver(driver, reason => options.log.warn({ reason }, 'WebSocket driver'));
    const bufferBytesMax = bufferBytes * BUFFER_FACTOR_MAX + ONE_TURN_BYTES;
    topics.#server = await chosen.listen({ host, port, bufferBytesMax }, topics);
    return topics;
  }

  /** The port that clients connect to. */
  get port(): number {
    return this.#server?.port ?? 0;
  }

  /** Which driver serves: `uws` or `ws`. */
  get driver(): string {
    return this.#server?.driver ?? 'none';
  }

  /** Connections open now. */
  get clientCount(): number {
    return this.#clients.size;
  }

  /** Frames may have been committed: the next turn sends them. */
  wake(): void {
    this.#turn ??= setImmediate(() => this.#run());
  }

  /** Closes every client and stops listening. */
  async close(): Promise<void> {
    clearImmediate(this.#turn);
    this.#turn = undefined;
    await this.#server?.close();
    this.#server = undefined;
    for (const feed of this.#feeds) feed.close();
  }

  accepts(request: UpgradeRequest): boolean {
    const { authorizes, options } = this.#options;
    const hasRoom = this.#clients.size < options.clientsMax;
    const accepted = hasRoom && isSameSite(request) && (authorizes?.(request) ?? isToHere(request));
    if (!accepted) this.#count('refused');
    return accepted;
  }

  /** The driver's call: a client connected. */
  opened(socket: DataSocket): void {
    this.#clients.set(socket, { subscriptions: new Map(), errors: 0 });
    this.#gauge();
    const topics = this.#feeds.flatMap(feed => feed.topics.map(name => ({ name, next: feed.nextPosition })));
    const { instance } = this.#options;
    socket.send([JSON.stringify({ op: 'hello', protocol: PROTOCOL_VERSION, server: 'headrace', instance, topics })]);
  }

  received(socket: DataSocket, text: string | undefined): void {
    const client = this.#clients.get(socket);
    if (client === undefined) return;
    const request = parseRequest(text);
    const topic = 'topic' in request ? request.topic : undefined;
    const error = 'code' in request ? request : this.#orEnd(socket, () => this.#serve(socket, client, request));
    if (error !== undefined) this.#refuse(socket, client, errorMessage(error, topic));
    this.#gauge();
  }

  drained(socket: DataSocket): void {
    const subscriptions = [...(this.#clients.get(socket)?.subscriptions.values() ?? [])];
    if (subscriptions.some(one => one.isCatchingUp || one.isConflating)) this.wake();
  }

  /** The driver's call: a client went. */
  closed(socket: DataSocket): void {
    const client = this.#clients.get(socket);
    this.#clients.delete(socket);
    for (const subscription of client?.subscriptions.values() ?? []) subscription.end();
    this.#gauge();
  }

  #serve(socket: DataSocket, client: Client, request: SubscribeRequest | { op: 'unsubscribe'; topic: string }) {
    const { topic } = request;
    const feed = this.#feeds.find(one => one.topics.includes(topic));
    if (feed === undefined) return fault('unknown-topic', `there is no topic "${topic.slice(0, 64)}"`);
    const subscription = client.subscriptions.get(topic);
    if (request.op === 'subscribe')
      return subscription === undefined
        ? this.#subscribe(socket, client, feed, request)
        : fault('already-subscribed', 'unsubscribe first to begin at another position');
    if (subscription === undefined) return fault('not-subscribed', 'there is no subscription to end');
    subscription.end();
    client.subscriptions.delete(topic);
    socket.send([JSON.stringify({ op: 'unsubscribed', topic })]);
    return undefined;
  }

  #subscribe(socket: DataSocket, client: Client, feed: LiveFeed, { topic, from }: SubscribeRequest) {
    const { position, nextPosition } = feed;
    if (from !== 'tail' && from > nextPosition)
      return fault('bad-position', `position ${from} is not written yet; the next one is ${nextPosition}`);
    const subscription = new Subscription(socket, feed, topic, this.#context);
    client.subscriptions.set(topic, subscription);
    socket.send([JSON.stringify({ op: 'subscribed', topic, from: from === 'tail' ? position : from })]);
    subscription.begin(from);
    this.wake();
    return undefined;
  }

  #refuse(socket: DataSocket, client: Client, message: string): void {
    this.#count('errors');
    socket.send([message]);
    if (++client.errors >= ERRORS_MAX) socket.close(POLICY_VIOLATION, 'too many bad requests');
  }

  /** One turn: what was committed goes to live clients, the past to those who catch up. */
  #run(): void {
    this.#turn = undefined;
    let more = false;
    for (const feed of this.#feeds) more = this.#take(feed) || more;
    for (const [socket, { subscriptions }] of this.#clients)
      for (const subscription of subscriptions.values())
        more = (this.#orEnd(socket, () => this.#advance(subscription)) ?? false) || more;
    if (more) this.wake();
  }

  /** Publishes one turn's frames of a log; true when more wait. When it cannot be read its subscribers are cut: they come again at their place. */
  #take(feed: LiveFeed): boolean {
    try {
      const { frames, more } = feed.take();
      if (frames.length > 0) this.#publish(frames);
      return more;
    } catch (error) {
      this.#options.log.error({ err: error, log: feed.log.name }, 'a log cannot be read; its subscribers are cut');
      for (const [socket, { subscriptions }] of [...this.#clients])
        if ([...subscriptions.values()].some(one => one.feed === feed)) this.#cut(socket);
      return false;
    }
  }

  /** Does one client's work; a log that cannot be read ends this client only, who comes again at its place. */
  #orEnd<Result>(socket: DataSocket, work: () => Result): Result | undefined {
    try {
      return work();
    } catch (error) {
      this.#options.log.error({ err: error }, 'a WebSocket client’s log cannot be read; the client is cut');
      this.#cut(socket);
      return undefined;
    }
  }

  #cut(socket: DataSocket): void {
    this.#count('disconnected');
    socket.terminate();
  }

  #advance(subscription: Subscription): boolean {
    if (subscription.isConflating) return subscription.release();
    return subscription.isCatchingUp && subscription.catchUp();
  }

  #publish(frames: readonly RenderedFrame[]): void {
    const byTopic = new Map<string, RenderedFrame[]>();
    for (const frame of frames) {
      const same = byTopic.get(frame.topic);
      if (same === undefined) byTopic.set(frame.topic, [frame]);
      else same.push(frame);
    }
    for (const [topic, ofTopic] of byTopic) {
      this.#admit(topic, ofTopic);
      const texts = ofTopic.map(frame => topicMessage(frame));
      this.#server?.publish(topic, texts);
      this.#count('published', texts.length);
    }
  }

  /** Moves slow clients out of the channel before it is written to, or cuts them. */
  #admit(topic: string, frames: readonly RenderedFrame[]): void {
    for (const [socket, { subscriptions }] of this.#clients) {
      const subscription = subscriptions.get(topic);
      if (subscription === undefined) continue;
      if (subscription.admits()) {
        if (subscription.isConflating) for (const frame of frames) subscription.take(frame);
        continue;
      }
      this.#options.log.warn({ topic, bufferedBytes: socket.bufferedBytes() }, 'a slow WebSocket client was cut');
      this.#cut(socket);
    }
  }

  #gauge(): void {
    const { counters } = this;
    counters.set(counters.index.clients, this.#clients.size);
    const total = [...this.#clients.values()].reduce((sum, client) => sum + client.subscriptions.size, 0);
    counters.set(counters.index.subscriptions, total);
  }

  #count(name: WebSocketCounter, amount = 1): void {
    this.counters.add(this.counters.index[name], amount);
  }
}

/** Without tokens a name of another site may not point here (DNS rebinding): its page and its `Host` would agree. */
function isToHere({ host }: UpgradeRequest): boolean {
  return isLoopback(hostName(host) ?? '');
}

function fault(code: RequestError['code'], message: string): RequestError {
  return { code, message };
}
