import { Command } from 'commander';

import { builtInDictionaries, openDictionaryFolder } from '../codec/index.js';
import { ConfigError } from '../model/index.js';
import { loadAddon, type NativeMode } from '../native/index.js';
import { EchoApplication, FixEngine, allowListFile, type TlsOptions } from '../trading/index.js';
import { readAcceptorSessions, type AcceptorSession, type AcceptorSessions } from './acceptor-sessions.js';
import { nativeOption, portNumber } from './arguments.js';

const EXAMPLES = `
Sessions file:
  { "senderCompID": "ISLD", "resetOnLogon": true, "maxLatencySeconds": 120,
    "sessions": [ { "beginString": "FIX.4.4", "targetCompID": "TW44" },
                  { "beginString": "FIXT.1.1", "targetCompID": "TW50", "defaultApplVerID": "FIX.5.0",
                    "enableNextExpectedMsgSeqNum": true, "validateChecksum": false },
                  { "beginString": "FIX.4.2", "targetCompID": "TW42",
                    "schedule": { "kind": "daily", "startTime": "08:00", "endTime": "17:00", "timeZone": "Europe/Berlin" } } ] }
Settings stand beside senderCompID, for all sessions, or in one of them; docs/fix.md lists them. A session with "allowList" is a
template: its targetCompID is a pattern (* and ?), and each name of that file, one a line, gets a session of its own, up to
"sessionsMax" (1000). "certificateName" must be in the certificate of the counterparty; it needs --tls-ca.

Examples:
  headrace fix-acceptor --port 9890 --sessions sessions.json
  headrace fix-acceptor --port 9890 --sessions sessions.json --dictionary ./dictionaries --native off
  headrace fix-acceptor --port 9891 --sessions sessions.json --tls-cert venue.pem --tls-key venue.key --tls-ca clients.pem

A session that cannot be served is named on standard error, and the others are served. Sequence numbers and sent messages
are kept in memory. Ends on SIGINT and SIGTERM; exit code 78 when the sessions file or a dictionary cannot
be read, 69 when the port is taken.`;

interface Options {
  readonly port: number;
  readonly host: string;
  readonly sessions: string;
  readonly dictionary?: string;
  readonly native: NativeMode;
  readonly verbose?: boolean;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsCa?: string;
}

/** Files that are not there are the listener's to name. */
function tlsOf({ tlsCert, tlsKey, tlsCa }: Options): { tls?: TlsOptions } {
  if (tlsCert === undefined && tlsKey === undefined && tlsCa === undefined) return {};
  if (tlsCert === undefined || tlsKey === undefined)
    throw new ConfigError('HR_TLS_FILE', '--tls-cert and --tls-key go together, and --tls-ca beside them');
  return { tls: { cert: tlsCert, key: tlsKey, ...(tlsCa !== undefined && { ca: tlsCa }) } };
}

function addSession(engine: FixEngine, { settings, certificateName, allowList, sessionsMax }: AcceptorSession): void {
  const certificate = certificateName === undefined ? {} : { certificateName };
  if (allowList === undefined) engine.addAcceptor(settings, certificate);
  else engine.addTemplate({ settings, approve: allowListFile(allowList), sessionsMax, ...certificate });
}

// One bad session does not keep the others from being served.
function addSessions(engine: FixEngine, { sessions }: AcceptorSessions): number {
  let added = 0;
  for (const session of sessions) {
    try {
      addSession(engine, session());
      added++;
    } catch (error) {
      console.error(`headrace: not served: ${(error as Error).message}`);
    }
  }
  return added;
}

async function serve(options: Options): Promise<void> {
  const file = readAcceptorSessions(options.sessions, text => console.error(`headrace: ${text}`));
  const dictionaries =
    options.dictionary === undefined ? builtInDictionaries : openDictionaryFolder(options.dictionary);
  const native = loadAddon(options.native, reason => console.error(`headrace: ${reason}; FIX is framed in TypeScript`));
  const application = new EchoApplication((session, kind, text) => {
    if (options.verbose) console.error(`${session.name} ${kind}: ${text}`);
  });
  const engine = new FixEngine({ application, dictionaries, native });
  const count = addSessions(engine, file);
  try {
    const port = await engine.listen({ host: options.host, port: options.port, ...tlsOf(options) });
    console.log(`headrace: ${count} FIX sessions on ${options.host}:${port}`);
    await new Promise<void>(resolve => {
      process.once('SIGINT', resolve);
      process.once('SIGTERM', resolve);
    });
  } finally {
    await engine.close();
  }
}

export function fixAcceptorCommand(): Command {
  return new Command('fix-acceptor')
    .description(
      'A FIX acceptor for conformance tests: it logs counterparties on and echoes their application messages.',
    )
    .requiredOption('--port <number>', 'TCP port; 0 takes a free one and prints it', portNumber)
    .requiredOption('--sessions <file>', 'sessions to serve, JSON')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--dictionary <folder>', 'QuickFIX data dictionaries (*.xml) to use instead of those built in')
    .addOption(nativeOption())
    .option('--tls-cert <file>', 'serve TLS with this certificate, PEM; read again when it changes')
    .option('--tls-key <file>', 'key of the certificate, PEM')
    .option('--tls-ca <file>', 'authorities that the certificate of each counterparty must come from, PEM')
    .option('--verbose', 'print session events on standard error')
    .addHelpText('after', EXAMPLES)
    .action(serve);
}
