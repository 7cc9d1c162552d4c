import { EventEmitter } from 'node:events';
import { dirname, join, resolve } from 'node:path';

import { startDashboard, type Dashboard, type GatewayView } from '../dashboard/index.js';
import { Access } from '../http/index.js';
import { CapacityError, ClosedError, ConfigError, HeadraceError } from '../model/index.js';
import { loadAddon, loadCrate } from '../native/index.js';
import { openLog, type Log } from '../observe/index.js';
import { deadLetterPayload, type LaneAnswer, type RecoveredView } from '../orders/index.js';
import { Names, Publisher, WebSocketTopics, createRender, journalLog, type SinkLog } from '../publish/index.js';
import { listenDoorbell, type DoorbellListener } from '../ring/index.js';
import { refusalText } from '../risk/index.js';
import type { SignalBridge } from '../signals/index.js';
import { RecordStage } from '../transform/index.js';
import { loadConfig, parseConfig, type GatewayConfig, type GatewayConfigInput } from './config/index.js';
import { accessTokens } from './access-tokens.js';
import { EmbeddedSinks, checkSinkNames, type EmbeddedSink } from './embedded-sinks.js';
import { EmbeddedSources, type EmbeddedInputs } from './embedded-sources.js';
import { feedOptions } from './feed-options.js';
import { FeedSupervisor } from './feed-supervisor.js';
import { openSignals, type GatewaySignals } from './gateway-signals.js';
import { gatewayView } from './gateway-view.js';
import { laneOptions, type StartOptions } from './lane-options.js';
import { LaneThread } from './lane-thread.js';
import { LedgerWatch, happenings, type Happening } from './ledger-watch.js';
import { createMemory, type GatewayMemory } from './memory.js';
import { PressureWatch, type Pressure } from './pressure-watch.js';
import { RequiredWatch } from './required-watch.js';
import { loadStartOfDay } from './start-of-day.js';
import { stopAll } from './stop.js';
import { logPlaces } from './topics.js';

/** The source that `transform` knows injected records by. */
const INJECTED = 'inject';
/** A batch of the lane holds more than this, however small `journal.tailSizeMb` is. */
const INJECT_BYTES_MAX = 64 * 1024;

/** What `createGateway` is given. */
export interface GatewayOptions extends StartOptions, EmbeddedInputs {
  /** A configuration file's path, or its content as an object: relative paths then begin at the working folder. */
  readonly config: string | GatewayConfigInput;
  /** An embedder's own sinks by name (`a-z0-9-`, none of headrace's own): each reads every topic from its own place in the journal. */
  readonly sinks?: Readonly<Record<string, EmbeddedSink>>;
}

/** Where a started gateway can be reached; 0 for what its configuration does not open. */
export interface GatewayPorts {
  readonly clients: number;
  readonly feed: number;
  readonly websocket: number;
  readonly page: number;
}

/** The events of a gateway; what comes from the journal is told once it is committed at the configured durability. */
export interface GatewayEvents {
  refused: [order: Happening];
  accepted: [order: Happening];
  execution: [execution: Happening];
  deadLetter: [record: Happening];
  backpressure: [pressure: Pressure];
  /** The gateway is gone: with the error it stopped for, or undefined after `close`. */
  closed: [reason: HeadraceError | undefined];
}

const EVENT_OF_TOPIC: Readonly<Record<string, 'refused' | 'accepted' | 'execution' | 'deadLetter'>> = {
  'orders.accepted': 'accepted',
  'orders.refused': 'refused',
  executions: 'execution',
  'dead-letter': 'deadLetter',
};

/** How long main rests between two looks at the ledger while nobody but the page follows it: waking it costs the lane time. */
const PAGE_REST_MS = 20;

/** Everything that runs between `start` and `close`. */
interface Running {
  readonly lane: LaneThread;
  readonly feed: FeedSupervisor | undefined;
  readonly publisher: Publisher;
  readonly embedded: EmbeddedSinks;
  readonly sources: EmbeddedSources;
  readonly websocket: WebSocketTopics | undefined;
  readonly signals: GatewaySignals | undefined;
  readonly watch: LedgerWatch;
  readonly pressure: PressureWatch;
  readonly required: RequiredWatch | undefined;
  readonly bell: DoorbellListener;
  readonly page: Dashboard;
}

/** One gateway. Several may live in one process: nothing is shared between them. */
export class Gateway extends EventEmitter<GatewayEvents> {
  readonly config: GatewayConfig;
  readonly #options: GatewayOptions;
  readonly #folder: string;
  readonly #log: Log;
  readonly #stage: RecordStage;
  #running: Partial<Running> = {};
  #state: 'new' | 'starting' | 'running' | 'closing' | 'closed' = 'new';
  #clientsOpen = false;
  #started: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;
  view: GatewayView | undefined;
  ports: GatewayPorts = { clients: 0, feed: 0, websocket: 0, page: 0 };
  recovered: RecoveredView | undefined;

  constructor(options: GatewayOptions) {
    super();
    const { config } = options;
    checkSinkNames(Object.keys(options.sinks ?? {}));
    this.#options = options;
    this.#folder = typeof config === 'string' ? dirname(resolve(config)) : process.cwd();
    this.config = typeof config === 'string' ? loadConfig(config) : parseConfig(config, this.#folder);
    this.#stage = new RecordStage(this.config.transform, [INJECTED, ...Object.keys(options.sources ?? {})]);
    this.#log = openLog('main', { level: this.config.logLevel });
  }

  /**
   * Recovers the ledger, loads the start of day, starts feed, publishers, venue and clients, in that order; resolves when clients may connect.
   * Throws what stopped it, with everything already started closed again.
   */
  async start(): Promise<this> {
    if (this.#state !== 'new') throw new ClosedError('HR_CLOSED', 'a gateway starts once; make another');
    this.#state = 'starting';
    this.#started = this.#orStop(async () => {
      await this.#start();
      this.#state = 'running';
    });
    await this.#started;
    await this.#orStop(() => this.#openSources());
    return this;
  }

  async #orStop(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      await this.#stop(0).catch((second: unknown) => this.#log.error({ err: second }, 'stopping failed too'));
      throw error;
    }
  }

  async #start(): Promise<void> {
    const { native } = this.config;
    // Before any worker: an addon first loaded in a worker is unmapped with it.
    for (const load of [loadAddon, loadCrate])
      load(native, reason => this.#log.warn({ reason }, 'a TypeScript twin serves'));
    const memory = createMemory(this.config);
    const lane = new LaneThread(laneOptions(this.config, memory.lane, this.#options));
    this.#running = { lane };
    lane.on('failed', error => void this.#failed(error));
    this.recovered = await lane.recovered();
    this.#log.info({ ...this.recovered }, 'recovered');
    await loadStartOfDay({ config: this.config, memory, lane, log: this.#log }, this.recovered.loads);
    const feed = await this.#startFeed(memory);
    const access = new Access(accessTokens(this.config, this.#folder));
    const websocket = await this.#startPublishers(memory, access);
    const page = await this.#startPage(memory, access);
    lane.openVenue();
    const clients = await lane.openClients();
    this.#clientsOpen = true;
    await this.#running.signals?.bridge.recover();
    this.ports = { clients, feed, websocket, page };
    this.#log.info({ ...this.ports }, 'ready');
  }

  /** An embedder's sources come last, when what they push can be committed and read. */
  async #openSources(): Promise<void> {
    this.#lane();
    const ledger = {
      record: (data: Uint8Array) => this.#append('application', data),
      deadLetter: (data: Uint8Array, reason: string) => this.#append('deadLetter', deadLetterPayload(reason, data)),
    };
    const transform = (source: string, data: Uint8Array) => this.#stage.apply(source, data);
    const deadLettered = (source: string): void => this.#stage.deadLettered(source);
    const sources = new EmbeddedSources(this.#options, { ...ledger, transform, deadLettered }, this.#log);
    this.#running = { ...this.#running, sources };
    await sources.open();
  }

  async #startFeed(memory: GatewayMemory): Promise<number> {
    const options = feedOptions(this.config, memory, this.#options.acceptDamage ?? false);
    if (options === undefined) return 0;
    const feed = new FeedSupervisor(options, this.#log);
    this.#running = { ...this.#running, feed };
    return feed.start();
  }

  async #startPublishers(memory: GatewayMemory, access: Access): Promise<number> {
    const { config } = this;
    const nextSequence = (this.recovered?.lastSequence ?? 0) + 1;
    const places = logPlaces(config, memory, { nextSequence, names: this.#running.lane?.names });
    const ledger = journalLog(places.ledger);
    const logs = places.feed === undefined ? [ledger] : [ledger, journalLog(places.feed)];
    const offsetsFolder = join(config.dataDir, 'offsets');
    const names = new Names();
    const render = createRender({ names, refusalText });
    const { websocket: websocketOptions, ...brokers } = config.sinks;
    const publisher = new Publisher({
      sinks: brokers,
      logs: Object.values(places),
      doorbell: memory.publishBell,
      offsetsFolder,
      configFolder: this.#folder,
      native: config.native,
      logLevel: config.logLevel,
      log: this.#log,
    });
    this.#running = { ...this.#running, publisher };
    const embedded = new EmbeddedSinks(this.#options.sinks ?? {}, logs, offsetsFolder, this.#log);
    const watch = new LedgerWatch(ledger, render, {
      wants: topic => {
        const event = EVENT_OF_TOPIC[topic];
        return event !== undefined && this.listenerCount(event) > 0;
      },
      emit: (topic, rendered) => {
        const event = EVENT_OF_TOPIC[topic];
        if (event !== undefined) for (const happening of happenings(rendered)) this.emit(event, happening);
      },
    });
    this.#running = { ...this.#running, embedded, watch };
    names.foldToEnd(ledger);
    this.#openSignals(ledger, offsetsFolder);
    const websocket =
      websocketOptions &&
      (await WebSocketTopics.open({
        options: websocketOptions,
        logs,
        render,
        names,
        instance: config.instance,
        authorizes: access.isOpen ? undefined : request => access.allowsUpgrade(request),
        log: this.#log,
      }));
    const bell = listenDoorbell(memory.mainBell, () => this.#committed(), config.native);
    this.#running = { ...this.#running, websocket, bell };
    return websocket?.port ?? 0;
  }

  #openSignals(ledger: SinkLog, offsetsFolder: string): void {
    const { lane } = this.#running;
    const { config } = this;
    if (config.signals === undefined || lane === undefined) return;
    const parts = {
      config,
      options: config.signals,
      folder: this.#folder,
      lane,
      ledger,
      offsetsFolder,
      log: this.#log,
    };
    this.#running = { ...this.#running, signals: openSignals(parts) };
  }

  /** The bridge of the configuration's `signals`. Throws ClosedError while the gateway does not run, ConfigError where it has no such section. */
  get signals(): SignalBridge {
    this.#lane();
    const { signals } = this.#running;
    if (signals === undefined)
      throw new ConfigError(
        'HR_CONFIG',
        'the configuration has no section signals: signals.systems name where orders go',
      );
    return signals.bridge;
  }

  async #startPage(memory: GatewayMemory, access: Access): Promise<number> {
    const { lane, watch, publisher, embedded, websocket } = this.#running;
    if (lane === undefined || watch === undefined || publisher === undefined || embedded === undefined)
      throw new ClosedError('HR_CLOSED', 'not started');
    const { instance, page: options } = this.config;
    const reasons = (): readonly string[] => this.#reasons();
    const sinks = [...publisher.reports, ...embedded.reports];
    const stage = this.#stage;
    const signals = this.#running.signals?.bridge;
    const view = gatewayView({ instance, memory, lane, watch, sinks, websocket, stage, signals, reasons });
    this.view = view;
    const pressure = new PressureWatch(view, found => this.emit('backpressure', found));
    const cell = memory.lane.required;
    const required = cell && new RequiredWatch(this.config.topics, sinks, cell);
    this.#running = { ...this.#running, pressure, required };
    const page = await startDashboard({ ...options, view, access, log: this.#log });
    this.#running = { ...this.#running, page };
    return page.port;
  }

  /** Frames were committed: main's readers take a turn each; `true` asks for another. The page alone can wait for the next. */
  #committed(): boolean | number {
    const { websocket, embedded, signals, watch } = this.#running;
    const hasSignals = signals?.desk.turn() === true;
    websocket?.wake();
    embedded?.wake();
    if (watch?.turn() === true || hasSignals) return true;
    const listeners = Object.values(EVENT_OF_TOPIC).reduce((sum, event) => sum + this.listenerCount(event), 0);
    const following = (embedded?.reports.length ?? 0) + (signals === undefined ? 0 : 1);
    const awaiting = listeners + (websocket?.clientCount ?? 0) + following;
    return awaiting > 0 ? false : PAGE_REST_MS;
  }

  #reasons(): readonly string[] {
    const { lane } = this.#running;
    const reasons: string[] = [];
    if (this.#state === 'closing' || this.#state === 'closed') reasons.push('the gateway is closing');
    else if (!this.#clientsOpen) reasons.push('starting: the clients’ port is not open yet');
    if (lane !== undefined && lane.status.journal !== 'ok')
      reasons.push(`the journal is in state ${lane.status.journal}`);
    return reasons;
  }

  /**
   * Appends a record to the ledger's topic `application`, for the readers of that topic; it passes no gate and goes to no venue. Resolves with
   * its position once that is durable (`journal.durability`); rejects with the reason where a step of `transform` refuses it, with CapacityError for more than 64 KiB, with `HR_COMMAND_REFUSED` while
   * the journal has no room.
   */
  async inject(data: Uint8Array): Promise<{ readonly position: number }> {
    return { position: await this.#append('application', await this.#stage.apply(INJECTED, data)) };
  }

  async #append(kind: 'application' | 'deadLetter', data: Uint8Array): Promise<number> {
    if (data.length > INJECT_BYTES_MAX)
      throw new CapacityError(
        'HR_CAPACITY',
        `${data.length} bytes are more than the ${INJECT_BYTES_MAX} of one record`,
      );
    return accepted(await this.#lane().inject(kind, data)).sequence;
  }

  /** Reads the clients' port's certificates again, as the gateway does by itself when a file changed; connections keep theirs. */
  reloadCertificates(): void {
    this.#running.lane?.reloadCertificates();
  }

  #lane(): LaneThread {
    const { lane } = this.#running;
    if (lane === undefined || this.#state !== 'running')
      throw new ClosedError('HR_CLOSED', 'the gateway is not running');
    return lane;
  }

  /**
   * Logs sessions out, lets readers send what is committed for at most `drainMs`, and closes everything. Each call waits for the same stop; one during
   * the start waits for that first. Throws the first error of a part (an embedder's source or sink) once all of them are closed.
   */
  async close({ drainMs = 5_000 }: { drainMs?: number } = {}): Promise<void> {
    // A start that fails stops by itself, and tells its own caller why.
    await this.#started?.catch(() => {});
    if (this.#state !== 'running') return this.#stopped;
    try {
      await this.#stop(drainMs);
    } finally {
      this.emit('closed', undefined);
    }
  }

  #stop(drainMs: number): Promise<void> {
    return (this.#stopped ??= this.#stopParts(drainMs));
  }

  async #stopParts(drainMs: number): Promise<void> {
    this.#state = 'closing';
    const { lane, feed, publisher, embedded, sources, websocket, signals, watch, pressure, required, bell, page } =
      this.#running;
    const groups = [
      [() => pressure?.close(), () => required?.close(), () => sources?.close(drainMs)],
      [() => lane?.close(drainMs), () => feed?.close(drainMs)],
      [() => publisher?.close(drainMs), () => embedded?.close(drainMs)],
      [() => signals?.desk.close()],
      [() => bell?.close(), () => websocket?.close()],
      [() => watch?.close(), () => page?.close()],
    ];
    await stopAll(groups).finally(() => {
      this.#running = {};
      this.#state = 'closed';
    });
  }

  /** Fail-stop: what failed is not worked around; the process, or the embedder, starts a new gateway, which recovers. */
  async #failed(error: HeadraceError): Promise<void> {
    this.#log.error({ err: error }, 'the gateway stops');
    if (this.#state !== 'running') return;
    await this.#stop(0).catch((second: unknown) => this.#log.error({ err: second }, 'stopping failed too'));
    this.emit('closed', error);
  }
}

function accepted(answer: LaneAnswer): LaneAnswer & { ok: true } {
  if (!answer.ok) throw new HeadraceError('HR_COMMAND_REFUSED', answer.reason);
  return answer;
}

/** Makes a gateway; nothing runs until `start`. Throws ConfigError with every problem of the configuration, or for the name of a sink. */
export function createGateway(options: GatewayOptions): Gateway {
  return new Gateway(options);
}
