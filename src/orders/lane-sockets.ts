import type { Log } from '../observe/index.js';
import {
  FixConnector,
  FixListener,
  SlicePump,
  TRANSPORT_LIMITS,
  certificateFault,
  type LogonIdentity,
  type Transport,
  type TransportEvents,
} from '../trading/index.js';
import { sessionName } from '../session/index.js';
import type { LaneOptions } from './lane-options.js';
import type { LaneSession } from './lane-session.js';
import type { Lane } from './lane.js';
import { LoopSpin } from './loop-spin.js';

/** The lane's sockets: one port for clients, one connection to the venue. Their events run the lane. */
export class LaneSockets {
  /** Turning since the last read, for `lane.spinUs`. */
  readonly spin: LoopSpin;
  readonly #lane: Lane;
  readonly #options: LaneOptions;
  readonly #log: Log;
  readonly #guarded: (run: () => void) => void;
  #listener: FixListener | undefined;
  #connector: FixConnector | undefined;
  #isVenueOpen = false;
  /** A start with PEM files that cannot be read is refused; an operator's `enable` must not stop a lane that runs. */
  #wasOpened = false;

  /**
   * `guarded` runs what an event asks for; a fault in it stops the lane, and nothing runs from then on: the sockets that then close must not
   * commit the half group that the fault left behind.
   */
  constructor(lane: Lane, options: LaneOptions, log: Log, guarded: (run: () => void) => void) {
    this.#lane = lane;
    this.#options = options;
    this.#log = log;
    this.#guarded = guarded;
    this.spin = new LoopSpin(options.spinUs);
  }

  /** Connects to the venue, for ever, until closed; not while an operator has it disabled. */
  openVenue(): void {
    this.#isVenueOpen = true;
    this.followVenue();
    this.#wasOpened = true;
  }

  /** The venue was enabled or disabled: connects, or connects no more once the connection there is has ended. */
  followVenue(): void {
    const { venue } = this.#lane.context;
    if (!this.#isVenueOpen) return;
    if (venue.isEnabled) this.#connector ??= this.#connect();
    else if (venue.transport === undefined) {
      void this.#connector?.close('the session is disabled');
      this.#connector = undefined;
    }
  }

  #connect(): FixConnector {
    const { hosts, hostPolicy, tls, reconnect, bufferedBytesMax } = this.#options.venue;
    const { venue } = this.#lane.context;
    return new FixConnector({
      hosts,
      ...(hostPolicy && { hostPolicy }),
      ...(tls && { tls }),
      backoff: reconnect,
      limits: { ...TRANSPORT_LIMITS, bufferedBytesMax },
      triesOn: this.#wasOpened,
      opensInMs: () => this.#lane.opensInMs(venue),
      onConnect: transport => this.#serve(venue, transport),
      onWait: (reason, waitMs) =>
        this.#log.info({ session: venue.name, reason, waitMs }, 'waiting to connect to the venue'),
    });
  }

  /** Opens the clients' port; resolves with it. */
  async openClients(): Promise<number> {
    const { host, port, tls, bufferedBytesMax } = this.#options.clients;
    this.#listener = await FixListener.open({
      host,
      port,
      ...(tls && { tls }),
      limits: { ...TRANSPORT_LIMITS, bufferedBytesMax },
      accept: (identity, transport) => this.#accept(identity, transport),
      onReload: error => this.#reloaded(error),
      onRefused: (remote, reason) => this.#log.warn({ remote, reason }, 'connection refused'),
    });
    return this.#listener.port;
  }

  /** Reads the clients' port's certificates again; the venue's are read at each connection. */
  reloadCertificates(): void {
    this.#listener?.reloadCertificates();
  }

  #reloaded(error: Error | undefined): void {
    if (error === undefined) this.#log.info({}, 'certificates were read again; connections keep theirs');
    else this.#log.warn({ err: error }, 'certificates that changed cannot be used: those in use stay');
  }

  /** The venue took our Logon: a later reconnect begins with the shortest wait again. */
  venueIsUp(): void {
    this.#connector?.succeeded();
  }

  #accept(identity: LogonIdentity, transport: Transport): TransportEvents | string | undefined {
    const session = this.#lane.context.sessions.find(
      ({ isDormant, isProgram, isEnabled, session: { settings } }) =>
        !isDormant &&
        !isProgram &&
        isEnabled &&
        settings.role === 'acceptor' &&
        settings.beginString === identity.beginString &&
        settings.senderCompID === identity.senderCompID &&
        settings.targetCompID === identity.targetCompID,
    );
    if (session === undefined || session.transport !== undefined || !this.#lane.mayConnect(session)) return undefined;
    const client = this.#options.clients.sessions.find(given => sessionName(given) === session.name);
    return certificateFault(transport, client?.certificateName) ?? this.#serve(session, transport);
  }

  #serve(session: LaneSession, transport: Transport): TransportEvents {
    this.#guarded(() => this.#lane.connected(session, transport));
    const pump = new SlicePump(() => session.transport === transport && this.#resume(session));
    return {
      onBytes: bytes => {
        this.spin.touch();
        if (session.transport === transport) this.#guarded(() => this.#lane.receive(session, bytes));
        if (session.session.isResending) pump.touch();
      },
      onDrain: () => pump.touch(),
      onClose: reason => {
        this.#log.info({ session: session.name, reason }, 'connection closed');
        if (session.transport === transport) this.#guarded(() => this.#lane.disconnected(session, reason));
        if (session === this.#lane.context.venue) this.followVenue();
      },
    };
  }

  #resume(session: LaneSession): boolean {
    let more = false;
    this.#guarded(() => (more = this.#lane.resume(session)));
    return more;
  }

  async close(): Promise<void> {
    this.spin.close();
    await Promise.all([this.#listener?.close('the gateway closes'), this.#connector?.close('the gateway closes')]);
  }
}
