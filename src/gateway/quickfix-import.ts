import {
  asksForDefault,
  rowOf,
  type SessionPlan,
  type SessionPlans,
  type SettingsEntry,
  type SettingsFinding,
} from '../trading/index.js';
import type { ConfigProblem } from '../options/index.js';
import type { SessionSchedule } from '../session/index.js';
import { checkConfig } from './config/index.js';

export interface ImportOptions {
  /** Name of the gateway; from the SenderCompID unless told. */
  readonly instance?: string | undefined;
  /** TargetCompID of the initiator that becomes the venue; the first unless told. */
  readonly venue?: string | undefined;
  /** Where the YAML will be: shown in the problems of its check. */
  readonly output: string;
}

/** A configuration made of QuickFIX settings files, and what they say that it does not. */
export interface ImportedConfig {
  readonly yaml: string;
  readonly venue: string | undefined;
  readonly clients: readonly string[];
  readonly findings: readonly SettingsFinding[];
  /** What our own check says of the YAML. */
  readonly problems: readonly ConfigProblem[];
}

interface FilePlan extends SessionPlan {
  readonly file: string;
}

const INSTANCE_SIZE_MAX = 16;
const FIRST_WAIT_MS_MAX = 60_000;
const WAIT_MS_MAX = 600_000;

/**
 * Writes gateway.yaml from the sessions of settings files: acceptors become the clients of one port, an initiator the venue. Every key that
 * asks for more than the gateway's sessions do is a finding and a comment of the YAML. Never throws.
 */
export function importSettings(files: readonly SessionPlans[], options: ImportOptions): ImportedConfig {
  const findings = files.flatMap(file => file.findings);
  const add = (
    plan: FilePlan,
    entry: SettingsEntry,
    finding: Pick<SettingsFinding, 'kind' | 'reason' | 'remedy'>,
  ): void => {
    const isKnown = findings.some(({ file, line, key, reason }) =>
      [file === plan.file, line === entry.line, key === entry.key, reason === finding.reason].every(Boolean),
    );
    if (!isKnown) findings.push({ file: plan.file, line: entry.line, key: entry.key, ...finding });
  };
  const plans = files.flatMap(({ file, plans: ofFile }) => ofFile.map(plan => ({ ...plan, file })));
  const venue = chooseVenue(plans, options.venue, add);
  const clients = chooseClients(plans, add);
  for (const plan of [...(venue ? [venue] : []), ...clients]) judgeEntries(plan, add);
  findings.sort(
    (a, b) => files.findIndex(of => of.file === a.file) - files.findIndex(of => of.file === b.file) || a.line - b.line,
  );
  const yaml = yamlText({ files: files.map(({ file }) => file), venue, clients, findings, instance: options.instance });
  const { problems } = checkConfig(yaml, { file: options.output });
  return { yaml, venue: venue?.name, clients: clients.map(({ name }) => name), findings, problems };
}

type Add = (plan: FilePlan, entry: SettingsEntry, finding: Pick<SettingsFinding, 'kind' | 'reason' | 'remedy'>) => void;

function entryOf(plan: FilePlan, key: string): SettingsEntry {
  const wanted = key.toLowerCase();
  return plan.entries.find(entry => entry.key.toLowerCase() === wanted) ?? { key, value: '', line: plan.line };
}

function chooseVenue(plans: readonly FilePlan[], wanted: string | undefined, add: Add): FilePlan | undefined {
  const initiators = plans.filter(({ settings }) => settings.role === 'initiator');
  const venue = initiators.find(({ settings }) => wanted === undefined || settings.targetCompID === wanted);
  for (const plan of initiators)
    if (plan !== venue)
      add(plan, entryOf(plan, 'ConnectionType'), {
        kind: 'unsupported',
        reason: `${plan.name} is left out: a gateway has one venue`,
        remedy: `import it for a gateway of its own by --venue ${plan.settings.targetCompID}`,
      });
  return venue;
}

function chooseClients(plans: readonly FilePlan[], add: Add): readonly FilePlan[] {
  const acceptors = plans.filter(({ settings }) => settings.role === 'acceptor');
  const first = acceptors[0];
  return acceptors.filter(plan => {
    const { host, port } = plan.accept ?? { host: '', port: 0 };
    if (host === first?.accept?.host && port === first.accept.port) return true;
    add(plan, entryOf(plan, 'SocketAcceptPort'), {
      kind: 'unsupported',
      reason: `${plan.name} is left out: all clients log on at ${first?.accept?.host}:${first?.accept?.port}`,
      remedy: 'give it that port, or a gateway of its own',
    });
    return false;
  });
}

function judgeEntries(plan: FilePlan, add: Add): void {
  for (const entry of plan.entries) {
    const { row } = rowOf(entry.key) ?? {};
    if (row?.read === undefined) continue;
    if (row.isNote === true) add(plan, entry, { kind: 'note', reason: 'is not needed', remedy: row.remedy });
    else if (row.yaml !== true && !asksForDefault(row, entry.value))
      add(plan, entry, {
        kind: 'unsupported',
        reason: `${entry.key}=${entry.value} is not supported by the gateway`,
        remedy: row.remedy,
      });
  }
  if (plan.tls !== undefined && (plan.tls.cert === undefined || plan.tls.key === undefined))
    add(plan, entryOf(plan, 'SocketUseSSL'), {
      kind: 'unsupported',
      reason: 'TLS needs cert and key here, PEM files',
      remedy: 'add fix.client.tls or fix.venue.tls to the YAML by hand (docs/config.md)',
    });
}

interface YamlParts {
  readonly files: readonly string[];
  readonly venue: FilePlan | undefined;
  readonly clients: readonly FilePlan[];
  readonly findings: readonly SettingsFinding[];
  readonly instance: string | undefined;
}

function yamlText({ files, venue, clients, findings, instance }: YamlParts): string {
  const owner = venue ?? clients[0];
  return [
    `# The FIX sessions of ${files.map(comment).join(', ')}. Every key: docs/config.md.`,
    'version: 1',
    `instance: ${scalar(instance ?? instanceOf(owner?.settings.senderCompID ?? ''))} # never give two gateways the same`,
    '# No limit is set: an order passes whatever it is. See risk in docs/config.md.',
    'fix:',
    ...clientLines(clients),
    ...venueLines(venue),
    ...findingLines(findings),
    '',
  ].join('\n');
}

function clientLines(clients: readonly FilePlan[]): string[] {
  const first = clients[0];
  if (first?.accept === undefined)
    return ['  # client: no acceptor of the settings files can be served here; name host, port and sessions'];
  return [
    '  client:',
    `    host: ${scalar(first.accept.host)}`,
    `    port: ${first.accept.port}`,
    ...tlsLines(clients.find(({ tls }) => tls !== undefined)),
    '    sessions:',
    ...clients.flatMap(({ settings }) =>
      nameLines(settings).map((line, at) => `      ${at === 0 ? '- ' : '  '}${line}`),
    ),
  ];
}

function venueLines(venue: FilePlan | undefined): string[] {
  const [host, ...further] = venue?.hosts ?? [];
  if (venue === undefined || host === undefined)
    return ['  # venue: no initiator of the settings files can be served here; name host, port and names'];
  const waitMs = Math.min(venue.reconnectSeconds * 1000, WAIT_MS_MAX);
  return [
    '  venue:',
    `    host: ${scalar(host.host)}`,
    `    port: ${host.port}`,
    ...failoverLines(further),
    ...nameLines(venue.settings).map(line => `    ${line}`),
    `    heartbeatSec: ${venue.settings.heartBtIntSeconds}`,
    `    reconnectMs: { first: ${Math.min(waitMs, FIRST_WAIT_MS_MAX)}, max: ${waitMs} }`,
    ...tlsLines(venue),
  ];
}

function failoverLines(hosts: SessionPlan['hosts']): string[] {
  if (hosts.length === 0) return [];
  return ['    failover:', ...hosts.map(({ host, port }) => `      - { host: ${scalar(host)}, port: ${port} }`)];
}

const RESETS = ['resetOnLogon', 'resetOnLogout', 'resetOnDisconnect'] as const;

function nameLines(settings: FilePlan['settings']): string[] {
  const { beginString, defaultApplVerID, senderCompID, targetCompID, schedule } = settings;
  const isFixt = beginString === 'FIXT.1.1';
  return [
    `beginString: ${beginString}`,
    ...(isFixt ? [`defaultApplVerId: ${String(defaultApplVerID)}`] : []),
    `senderCompId: ${scalar(senderCompID)}`,
    `targetCompId: ${scalar(targetCompID)}`,
    ...(schedule.kind === 'nonStop' ? [] : [`schedule: ${scheduleText(schedule)}`]),
    ...RESETS.filter(name => settings[name]).map(name => `${name}: true`),
  ];
}

function scheduleText(schedule: SessionSchedule): string {
  const pairs = Object.entries(schedule).filter(([, value]) => value !== undefined);
  const text = (value: unknown): string => (Array.isArray(value) ? `[${value.join(', ')}]` : scalar(String(value)));
  return `{ ${pairs.map(([key, value]) => `${key}: ${text(value)}`).join(', ')} }`;
}

function tlsLines(plan: FilePlan | undefined): string[] {
  const { cert, key, ca } = plan?.tls ?? {};
  if (cert === undefined || key === undefined) return [];
  const authority = ca === undefined ? [] : [`      ca: ${scalar(ca)}`];
  return ['    tls:', `      cert: ${scalar(cert)}`, `      key: ${scalar(key)}`, ...authority];
}

function findingLines(findings: readonly SettingsFinding[]): string[] {
  const lines = findings.map(finding => `#   ${comment(findingText(finding))}`);
  return lines.length === 0 ? ['# Everything was carried over.'] : ['# Not carried over as it stands:', ...lines];
}

/** `fix.cfg:12 LogonTag: LogonTag=1=A is not supported; …` */
export function findingText({ file, line, key, reason, remedy }: SettingsFinding): string {
  return `${file}:${line} ${key}: ${reason}; ${remedy}`;
}

function comment(text: string): string {
  // A control character would end the comment, or hide the line.
  return text.replace(/[\x00-\x1f\x7f\u0085\u2028\u2029]/g, '?');
}

/** A double-quoted scalar that YAML and the variables of ours read as the text itself. */
function scalar(text: string): string {
  return JSON.stringify(text).replaceAll('${', '$${');
}

function instanceOf(senderCompID: string): string {
  const letters = senderCompID.replace(/[^A-Za-z0-9-]+/g, '-').replace(/^-+/, '');
  return letters.slice(0, INSTANCE_SIZE_MAX) || 'gateway';
}
