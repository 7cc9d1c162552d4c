import type { Durability, GroupCommit } from '../journal/index.js';
import type { NativeMode } from '../native/index.js';
import type { LogLevel } from '../observe/index.js';
import type { GateLimits } from '../risk/index.js';
import type { SessionSettings, ThrottleSettings } from '../session/index.js';
import type { Address, HostPolicy, TextLogOptions, TlsOptions } from '../trading/index.js';
import type { OrderRuleModule } from './order-rule.js';
import type { LaneMeterMemory } from './lane-meter.js';

/** How the numbers and times of a session go; SessionSettings has the words. */
export type SessionRules = Partial<
  Pick<SessionSettings, 'schedule' | 'resetOnLogon' | 'resetOnLogout' | 'resetOnDisconnect'>
>;

/** What becomes of a client's open orders when its session drops. */
export interface CancelOnDisconnect {
  /** They are cancelled unless it has logged on again by then. */
  readonly graceMs: number;
  /** Also when it ended the session itself, by a Logout. */
  readonly onLogout: boolean;
}

/** Which of a client's messages go on to the venue. */
export interface PassedOn {
  /** OrderStatusRequest (H): the venue answers in the gateway's place. */
  readonly orderStatus: boolean;
  /** DontKnowTrade (Q), once it is in the ledger. */
  readonly dontKnowTrade: boolean;
}

/** A client that may log on. */
export interface ClientSessionOptions {
  readonly beginString: string;
  /** FIXT.1.1 only: the application version, such as FIX.5.0SP2. */
  readonly defaultApplVerID?: string | undefined;
  readonly senderCompID: string;
  readonly targetCompID: string;
  /** Account (1) of orders that carry none. */
  readonly account?: string | undefined;
  readonly cancelOnDisconnect?: CancelOnDisconnect | undefined;
  /** The rate of its requests. */
  readonly throttleIn?: ThrottleSettings | undefined;
  readonly rules?: SessionRules;
  /** Its orders' status comes from the gateway's own table, and its DontKnowTrades go on to the venue, unless told. */
  readonly passesOn?: Partial<PassedOn> | undefined;
  /** A name in the client's certificate: its common name, or one of its alternative names. Needs the port's `tls.ca`. */
  readonly certificateName?: string | undefined;
}

export interface ClientPortOptions {
  readonly host: string;
  readonly port: number;
  readonly tls?: TlsOptions | undefined;
  /** A client that leaves more unread is disconnected as a slow consumer. */
  readonly bufferedBytesMax: number;
  readonly sessions: readonly ClientSessionOptions[];
}

/** Which messages of a session are copied: ExecutionReports (8), or every application message, sent and received. */
export type CopiedMessages = 'executions' | 'all';

/** Copies of a session's messages. */
export interface DropCopyOptions {
  /** Name of the session: `FIX.4.4:DESK->CLIENT`. */
  readonly from: string;
  /** Name of the client session that gets them; without it the topic `drop-copy` does. */
  readonly to?: string | undefined;
  readonly messages: CopiedMessages;
}

export interface VenueOptions {
  /** Tried by `hostPolicy`. */
  readonly hosts: readonly Address[];
  readonly hostPolicy?: HostPolicy;
  readonly tls?: TlsOptions | undefined;
  readonly beginString: string;
  /** FIXT.1.1 only: the application version, such as FIX.5.0SP2. */
  readonly defaultApplVerID?: string | undefined;
  readonly senderCompID: string;
  readonly targetCompID: string;
  readonly heartBtIntSeconds: number;
  readonly rules?: SessionRules;
  readonly reconnect: { readonly firstMs: number; readonly maxMs: number };
  readonly resendOrdersWithinMs: number;
  readonly bufferedBytesMax: number;
}

/** Shared memory by which other threads and the lane reach each other; all of it is made by main. */
export interface LaneMemory {
  /** The ledger's tail ring. */
  readonly tail: SharedArrayBuffer;
  readonly meter: LaneMeterMemory;
  /** Rung to wake the lane: prices or loads wait in a ring. */
  readonly bell: SharedArrayBuffer;
  /** Rung by the lane after each commit: readers of the ledger sleep on these. */
  readonly readerBells: readonly SharedArrayBuffer[];
  readonly priceRing: SharedArrayBuffer | undefined;
  readonly loadRing: SharedArrayBuffer | undefined;
  /** Of createCounters(REQUIRED_COUNTERS), written by main: how far the slowest reader of a required topic is. */
  readonly required?: SharedArrayBuffer | undefined;
}

/** All that one lane needs; it travels to the lane's worker, so it holds plain data and shared memory only. */
export interface LaneOptions {
  readonly instanceId: string;
  readonly directory: string;
  readonly native: NativeMode;
  readonly logLevel: LogLevel;
  readonly durability: Durability;
  readonly group: GroupCommit;
  /** The oldest segments of the ledger are deleted beyond this; never what no snapshot covers or a required reader has not acknowledged. */
  readonly retainBytes: number;
  readonly acceptDamage: boolean;
  /** A start-of-day file for a date already loaded replaces it. */
  readonly reload: boolean;
  readonly spinUs: number;
  readonly capacities: {
    readonly accounts: number;
    readonly symbols: number;
    readonly orders: number;
    readonly clOrdIds: number;
    readonly duplicateWindowMs: number;
  };
  readonly limits: GateLimits;
  readonly rules: readonly OrderRuleModule[];
  readonly clients: ClientPortOptions;
  readonly venue: VenueOptions;
  readonly dropCopy?: readonly DropCopyOptions[];
  /** Text files of the sessions' messages and events, as QuickFIX writes them. */
  readonly textLogs?: Pick<TextLogOptions, 'folder' | 'rotateBytes' | 'backups'> | undefined;
  readonly memory: LaneMemory;
}
