import {
  PROGRAM_COMP_ID,
  type ClientSessionOptions,
  type LaneMemory,
  type LaneOptions,
  type OrderRuleModule,
  type SessionRules,
} from '../orders/index.js';
import type { AccountLimits, GateLimits, MarketLimits } from '../risk/index.js';
import { invariant } from '../model/index.js';
import { sessionName } from '../session/index.js';
import type { GatewayConfig } from './config/index.js';

type Risk = GatewayConfig['risk'];
type SessionSection = Pick<GatewayConfig['fix']['venue'], keyof SessionRules & keyof GatewayConfig['fix']['venue']>;

const GIB = 2 ** 30;

/** What a start may ask for beyond the config. */
export interface StartOptions {
  /** Start in spite of damage in a log: damaged frames are skipped and named. */
  readonly acceptDamage?: boolean;
  /** Take another start-of-day file for a date already loaded. */
  readonly reload?: boolean;
  /** Rules of the embedder's own, judged after the gate's: modules, because they run in the lane's thread. */
  readonly rules?: readonly OrderRuleModule[];
}

/** A checked configuration as the lane's plain options. */
export function laneOptions(config: GatewayConfig, memory: LaneMemory, start: StartOptions): LaneOptions {
  const { lane, risk, journal, fix } = config;
  return {
    instanceId: config.instance,
    directory: config.dataDir,
    native: config.native,
    logLevel: config.logLevel,
    durability: journal.durability,
    group: journal.group,
    retainBytes: Math.floor(journal.retainGb * GIB),
    acceptDamage: start.acceptDamage ?? false,
    reload: start.reload ?? false,
    spinUs: lane.spinUs,
    capacities: {
      accounts: lane.accounts,
      symbols: lane.symbols,
      orders: lane.orders,
      clOrdIds: lane.clOrdIds,
      duplicateWindowMs: risk.duplicateOrder?.windowMs ?? 0,
    },
    rules: start.rules ?? [],
    limits: gateLimits(config),
    clients: {
      host: fix.client.host,
      port: fix.client.port,
      tls: fix.client.tls as LaneOptions['clients']['tls'],
      bufferedBytesMax: fix.client.bufferedKbMax * 1024,
      sessions: [
        ...ownSessions(config),
        ...fix.client.sessions.map(session => ({
          ...versionOf(session),
          senderCompID: session.senderCompId,
          targetCompID: session.targetCompId,
          account: session.account,
          cancelOnDisconnect: session.cancelOnDisconnect,
          throttleIn: session.throttleIn,
          passesOn: {
            orderStatus: session.orderStatus === 'venue',
            dontKnowTrade: session.dontKnowTrade === 'venue',
          },
          rules: sessionRules(session),
          certificateName: session.certificateName,
        })),
      ],
    },
    venue: {
      hosts: [{ host: fix.venue.host, port: fix.venue.port }, ...fix.venue.failover],
      hostPolicy: fix.venue.hostPolicy,
      tls: fix.venue.tls as LaneOptions['venue']['tls'],
      ...versionOf(fix.venue),
      senderCompID: fix.venue.senderCompId,
      targetCompID: fix.venue.targetCompId,
      heartBtIntSeconds: fix.venue.heartbeatSec,
      rules: sessionRules(fix.venue),
      reconnect: { firstMs: fix.venue.reconnectMs.first, maxMs: fix.venue.reconnectMs.max },
      resendOrdersWithinMs: fix.venue.resendOrdersWithinMs,
      bufferedBytesMax: fix.venue.bufferedKbMax * 1024,
    },
    dropCopy: dropCopies(fix),
    textLogs: fix.textLogs && {
      folder: fix.textLogs.folder,
      rotateBytes: fix.textLogs.rotateMb * 2 ** 20,
      backups: fix.textLogs.backups,
    },
    memory,
  };
}

type Fix = GatewayConfig['fix'];

/** The config names sessions by their counterparty, the lane by their names. */
function dropCopies(fix: Fix): NonNullable<LaneOptions['dropCopy']> {
  return fix.dropCopy.map(({ from, to, messages }) => ({
    from: nameOf(fix, from),
    to: to === 'topic' ? undefined : nameOf(fix, to),
    messages,
  }));
}

function nameOf({ client, venue }: Fix, given: string): string {
  const found = given === 'venue' ? venue : client.sessions.find(({ targetCompId }) => targetCompId === given);
  invariant(found !== undefined, 'the check of the config finds every session of fix.dropCopy', { given });
  const { beginString, senderCompId, targetCompId } = found;
  return sessionName({ beginString, senderCompID: senderCompId, targetCompID: targetCompId });
}

function versionOf({
  beginString,
  defaultApplVerId,
}: Pick<GatewayConfig['fix']['venue'], 'beginString' | 'defaultApplVerId'>): {
  beginString: string;
  defaultApplVerID?: string;
} {
  return beginString === 'FIXT.1.1' ? { beginString, defaultApplVerID: defaultApplVerId } : { beginString };
}

/** The sessions by which signals become orders. Those of systems of their own have a venue's version in no part of their way. */
function ownSessions({ signals, instance, fix }: GatewayConfig): ClientSessionOptions[] {
  if (signals === undefined) return [];
  const { toVenue, direct } = PROGRAM_COMP_ID;
  return [
    { ...versionOf(fix.venue), senderCompID: instance, targetCompID: toVenue },
    { beginString: 'FIX.4.4', senderCompID: instance, targetCompID: direct },
  ];
}

function sessionRules({ schedule, resetOnLogon, resetOnLogout, resetOnDisconnect }: SessionSection): SessionRules {
  return { schedule, resetOnLogon, resetOnLogout, resetOnDisconnect };
}

/** The config's limits as the gate takes them: collars flattened, the default message rate given to each session. */
function gateLimits({ risk, fix, signals }: GatewayConfig): GateLimits {
  const own = signals === undefined ? [] : Object.values(PROGRAM_COMP_ID);
  const clients = [...fix.client.sessions.map(({ targetCompId }) => targetCompId), ...own];
  const sessions = clients.flatMap(targetCompId => {
    const rate = risk.sessions[targetCompId]?.messageRate ?? risk.messageRate;
    return rate === undefined
      ? []
      : [[targetCompId, { messageRate: { orders: rate.count, windowMs: rate.windowMs } }] as const];
  });
  return {
    firm: marketLimits(risk.firm),
    accounts: Object.fromEntries(Object.entries(risk.accounts).map(([name, limits]) => [name, accountLimits(limits)])),
    // The firm's bound on positions and gross notional holds for each account.
    everyAccount: accountLimits({ maxPosition: risk.firm.maxPosition, grossNotional: risk.firm.grossNotional }),
    symbols: Object.fromEntries(Object.entries(risk.symbols).map(([name, limits]) => [name, marketLimits(limits)])),
    sessions: Object.fromEntries(sessions),
    restricted: risk.restricted,
  };
}

function marketLimits({ maxQuantity, maxNotional, priceCollar }: Risk['symbols'][string]): MarketLimits {
  return {
    ...(maxQuantity !== undefined && { maxQuantity }),
    ...(maxNotional !== undefined && { maxNotional }),
    ...(priceCollar !== undefined && { collarBps: priceCollar.bps, staleAfterMs: priceCollar.staleAfterMs }),
  };
}

function accountLimits({
  maxQuantity,
  maxNotional,
  maxPosition,
  grossNotional,
}: Risk['accounts'][string]): AccountLimits {
  return {
    ...(maxQuantity !== undefined && { maxQuantity }),
    ...(maxNotional !== undefined && { maxNotional }),
    ...(maxPosition !== undefined && { maxPosition }),
    ...(grossNotional !== undefined && { grossNotional }),
  };
}
