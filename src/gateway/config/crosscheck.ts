import { existsSync } from 'node:fs';

import type { SecretReference } from '../../broker/index.js';
import { checkStartOfDay } from '../../decode/index.js';
import { isLoopback } from '../../http/index.js';
import { openProtoEncoder } from '../../publish/index.js';
import { PROGRAM_COMP_ID } from '../../orders/index.js';
import { checkSystem } from '../../signals/index.js';
import { compileFeedLayout } from '../../sources/index.js';
import type { ConfigPath } from '../../options/index.js';
import type { GatewayConfig } from './schema.js';

/** What no single value shows: two that do not go together. */
export interface Clash {
  readonly path: ConfigPath;
  readonly message: string;
}

/** The sections that passed their own check, paths absolute. */
export type CheckedSections = Partial<GatewayConfig>;

function ports(config: CheckedSections): { path: ConfigPath; port: number }[] {
  const entries: [ConfigPath, number | undefined][] = [
    [['page', 'port'], config.page?.port],
    [['sinks', 'websocket', 'port'], config.sinks?.websocket?.port],
    [['fix', 'client', 'port'], config.fix?.client.port],
    [['feed', 'port'], config.feed?.port],
  ];
  return entries.flatMap(([path, port]) => (port === undefined || port === 0 ? [] : [{ path, port }]));
}

function samePorts(config: CheckedSections): Clash[] {
  const seen = new Map<number, ConfigPath>();
  return ports(config).flatMap(({ path, port }) => {
    const first = seen.get(port);
    if (first === undefined) seen.set(port, path);
    return first === undefined ? [] : [{ path, message: `port ${port} is also ${first.join('.')}` }];
  });
}

/** Page and WebSocket both show every order. */
function openHosts({ page, sinks, admin }: CheckedSections): Clash[] {
  if (admin === undefined || admin.tokens.length > 0) return [];
  const hosts: [ConfigPath, string | undefined][] = [
    [['page', 'host'], page?.host],
    [['sinks', 'websocket', 'host'], sinks?.websocket?.host],
  ];
  return hosts.flatMap(([path, host]) =>
    host === undefined || isLoopback(host)
      ? []
      : [{ path, message: 'without admin.tokens only a loopback address may be bound' }],
  );
}

function repeatedSessions({ fix }: CheckedSections): Clash[] {
  const seen = new Set<string>();
  return (fix?.client.sessions ?? []).flatMap((session, index) => {
    const name = `${session.beginString}:${session.senderCompId}->${session.targetCompId}`;
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [{ path: ['fix', 'client', 'sessions', index], message: `session ${name} stands twice` }];
  });
}

/** A copy goes to one other client session of the same version, which keeps it while away. */
function dropCopies({ fix }: CheckedSections): Clash[] {
  return (fix?.dropCopy ?? []).flatMap((copy, index) => {
    const faults = dropCopyFaults(fix as GatewayConfig['fix'], copy);
    return faults.map(([key, message]) => ({ path: ['fix', 'dropCopy', index, key], message }));
  });
}

type DropCopy = GatewayConfig['fix']['dropCopy'][number];

function dropCopyFaults(
  { client, venue, dropCopy }: GatewayConfig['fix'],
  { from, to }: DropCopy,
): ['from' | 'to', string][] {
  const named = (name: string): typeof client.sessions => client.sessions.filter(one => one.targetCompId === name);
  const several = [from, to].find(name => named(name).length > 1);
  if (several !== undefined)
    return [[several === from ? 'from' : 'to', `more than one session of fix.client.sessions is ${several}`]];
  const source = from === 'venue' ? venue : named(from)[0];
  if (source === undefined) return [['from', `${from} is no targetCompId of fix.client.sessions, and not \`venue\``]];
  if (from !== 'venue' && keepsNothing(source))
    return [['from', `${from} ${RESETS}: what it is not told while away has no copy; \`from: venue\` has all`]];
  if (to === 'topic') return [];
  const [target] = named(to);
  if (target === undefined) return [['to', `${to} is no targetCompId of fix.client.sessions, and not \`topic\``]];
  if (dropCopy.some(other => other.from === to)) return [['to', `${to} is copied itself`]];
  const [has, needs] = [versionOf(target), versionOf(source)];
  if (has !== needs) return [['to', `${to} has ${has}, and ${from} ${needs}: a copy keeps its version`]];
  return keepsNothing(target) ? [['to', `${to} ${RESETS}: what is copied while it is away would be lost`]] : [];
}

const RESETS = 'has resetOnLogon or resetOnDisconnect';

type SessionKeys = Pick<
  GatewayConfig['fix']['venue'],
  'beginString' | 'defaultApplVerId' | 'resetOnLogon' | 'resetOnDisconnect'
>;

function keepsNothing({ resetOnLogon, resetOnDisconnect }: SessionKeys): boolean {
  return resetOnLogon || resetOnDisconnect;
}

function versionOf({ beginString, defaultApplVerId }: SessionKeys): string {
  return beginString === 'FIXT.1.1' ? defaultApplVerId : beginString;
}

/** Nobody logs on under the names of the gateway's own sessions. */
function ownSessions({ fix }: CheckedSections): Clash[] {
  const own = Object.values(PROGRAM_COMP_ID) as string[];
  return (fix?.client.sessions ?? []).flatMap(({ targetCompId }, index) =>
    own.includes(targetCompId)
      ? [{ path: ['fix', 'client', 'sessions', index, 'targetCompId'], message: 'is the name of a session of our own' }]
      : [],
  );
}

function fixSessions({ signals }: CheckedSections): Clash[] {
  return Object.entries(signals?.systems ?? {}).flatMap(([name, { fix }]) =>
    fix?.session === undefined
      ? []
      : [
          {
            path: ['signals', 'systems', name, 'fix', 'session'],
            message: 'is for a program without a gateway: here orders go to fix.venue',
          },
        ],
  );
}

/** Layouts and secrets of the trading systems, as the bridge itself would read them. */
function signalSystems({ signals }: CheckedSections, _: NodeJS.ProcessEnv, folder: string): Clash[] {
  if (signals === undefined) return [];
  return Object.entries(signals.systems).flatMap(([name, system]) =>
    refusedBy(['signals', 'systems', name], () => checkSystem(name, system, folder)),
  );
}

function weakDurability({ journal, fix }: CheckedSections): Clash[] {
  if (journal?.durability !== 'none' || fix === undefined) return [];
  return [
    { path: ['journal', 'durability'], message: 'a venue session needs at least `os`: `none` may lose sent orders' },
  ];
}

function unknownSessions({ risk, fix, signals }: CheckedSections): Clash[] {
  if (risk === undefined || fix === undefined) return [];
  const own = signals === undefined ? [] : Object.values(PROGRAM_COMP_ID);
  const clients = new Set([...fix.client.sessions.map(session => session.targetCompId), ...own]);
  return Object.keys(risk.sessions)
    .filter(name => !clients.has(name))
    .map(name => ({ path: ['risk', 'sessions', name], message: 'is no targetCompId of fix.client.sessions' }));
}

/** What compiling finds wrong with a layout, as the worker that is started with it would. */
function refusedBy(path: ConfigPath, compile: () => unknown): Clash[] {
  try {
    compile();
    return [];
  } catch (error) {
    return [{ path, message: (error as Error).message }];
  }
}

function feedLayout({ feed }: CheckedSections): Clash[] {
  if (feed === undefined) return [];
  return refusedBy(['feed', 'layout'], () => compileFeedLayout({ columns: feed.layout, lineEnd: feed.lineEnd }));
}

function loadLayout({ startOfDay }: CheckedSections): Clash[] {
  if (startOfDay === undefined || !existsSync(startOfDay.copybook)) return [];
  return refusedBy(['startOfDay', 'copybook'], () => checkStartOfDay(startOfDay));
}

/** A message that is not there would stop the publish worker, over and over. */
function absentMessages({ sinks }: CheckedSections): Clash[] {
  return Object.entries(sinks?.kafka?.encoding ?? {}).flatMap(([topic, encoding]) =>
    encoding === undefined
      ? []
      : refusedBy(['sinks', 'kafka', 'encoding', topic, existsSync(encoding.proto) ? 'message' : 'proto'], () =>
          openProtoEncoder(encoding),
        ),
  );
}

type PemFiles = Partial<Record<'cert' | 'key' | 'ca', string | undefined>>;

function pemFiles(path: ConfigPath, tls: PemFiles | undefined): [ConfigPath, string | undefined][] {
  return (['cert', 'key', 'ca'] as const).map(name => [[...path, name], tls?.[name]]);
}

/** Without authorities no client is asked for a certificate. */
function uncheckedCertificates({ fix }: CheckedSections): Clash[] {
  return (fix?.client.sessions ?? []).flatMap(({ certificateName }, index) =>
    certificateName === undefined || fix?.client.tls?.ca !== undefined
      ? []
      : [{ path: ['fix', 'client', 'sessions', index, 'certificateName'], message: 'needs fix.client.tls.ca' }],
  );
}

function absentFiles({ startOfDay, risk, fix, sinks }: CheckedSections): Clash[] {
  const files: [ConfigPath, string | undefined][] = [
    [['startOfDay', 'copybook'], startOfDay?.copybook],
    [['risk', 'accountsFile'], risk?.accountsFile],
    ...pemFiles(['fix', 'client', 'tls'], fix?.client.tls),
    ...pemFiles(['fix', 'venue', 'tls'], fix?.venue.tls),
    ...pemFiles(['sinks', 'kafka', 'ssl'], sinks?.kafka?.ssl),
  ];
  return files.flatMap(([path, file]) =>
    file === undefined || existsSync(file) ? [] : [{ path, message: `file ${file} does not exist` }],
  );
}

/** A secret that is not there would stop the worker that needs it, over and over. */
function absentSecrets({ admin, sinks }: CheckedSections, environment: NodeJS.ProcessEnv): Clash[] {
  const references: [ConfigPath, SecretReference | undefined][] = [
    ...(admin?.tokens ?? []).map(({ token }, index): [ConfigPath, SecretReference] => [
      ['admin', 'tokens', index, 'token'],
      token,
    ]),
    [['sinks', 'kafka', 'sasl', 'password'], sinks?.kafka?.sasl?.password],
  ];
  return references.flatMap(([path, reference]) => {
    if (reference === undefined) return [];
    if ('file' in reference)
      return existsSync(reference.file) ? [] : [{ path, message: `file ${reference.file} does not exist` }];
    return environment[reference.env] ? [] : [{ path, message: `environment variable ${reference.env} is not set` }];
  });
}

/** Quotes lie in the feed's own log, which always drops its oldest: orders never wait for who reads prices. */
function requiredQuotes({ topics }: CheckedSections): Clash[] {
  if (topics?.['quotes'] !== 'required') return [];
  return [
    {
      path: ['topics', 'quotes'],
      message: 'quotes are bounded by feed.retainGb and refuse no order: `bestEffort` only',
    },
  ];
}

const CHECKS = [
  requiredQuotes,
  samePorts,
  openHosts,
  repeatedSessions,
  dropCopies,
  ownSessions,
  fixSessions,
  signalSystems,
  weakDurability,
  unknownSessions,
  feedLayout,
  loadLayout,
  uncheckedCertificates,
  absentFiles,
  absentMessages,
  absentSecrets,
];

/** Runs every check that the sections allow: a section that failed on its own hides no clash between the others. */
/** `folder`: where relative paths of `signals` begin. */
export function findClashes(config: CheckedSections, environment: NodeJS.ProcessEnv, folder: string): Clash[] {
  return CHECKS.flatMap(check => check(config, environment, folder));
}
