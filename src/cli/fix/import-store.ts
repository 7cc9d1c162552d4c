import { Command } from 'commander';

import { loadConfig, takeOverSession } from '../../gateway/index.js';
import { ConfigError } from '../../model/index.js';
import {
  readForeignStore,
  systemNowNs,
  takeOverStore,
  type ForeignStore,
  type StoreNames,
} from '../../trading/index.js';

const EXAMPLES = `
Examples:
  headrace fix import-store ./store --session 'FIX.4.4:DESK->EXCHANGE' --config gateway.yaml
  headrace fix import-store ./store --session 'FIX.4.4:DESK->EXCHANGE' --store ./sessions --json

Takes over what a file store of QuickFIX or QuickFIX/J (FileStorePath) says of a session, so that it goes on without a reset. Stop that
engine first, and the gateway too. --config writes both next numbers into the ledger: what the counterparty asks for again from before is
gap-filled. --store makes a file store for sessions of the library, with the messages sent. Numbers already in use are never overwritten.

Exit codes: 0 taken over, 65 the store's files are torn, 78 no such store or session, or its numbers are in use.`;

interface Options {
  readonly session: string;
  readonly config?: string;
  readonly store?: string;
  readonly json?: boolean;
}

const NAME = /^([^:]+):(.+?)->(.+)$/s;

function namesOf(session: string): StoreNames {
  const [, beginString, senderCompID, targetCompID] = NAME.exec(session) ?? [];
  if (beginString === undefined || senderCompID === undefined || targetCompID === undefined)
    throw new ConfigError(
      'HR_FIX_NO_SESSION',
      `${session} is no session; write it as FIX.4.4:SENDER->TARGET, our name first`,
    );
  return { beginString, senderCompID, targetCompID };
}

function runImportStore(folder: string, options: Options): void {
  const { session, config, store, json } = options;
  if ((config === undefined) === (store === undefined))
    throw new ConfigError('HR_FIX_STORE', 'say where the numbers go: --config gateway.yaml, or --store FOLDER');
  const from = readForeignStore(folder, namesOf(session));
  const messages = takeOver(from, options);
  const { engine, path, nextInSeqNum, nextOutSeqNum, messageNumbers } = from;
  const left = messageNumbers.length - messages;
  if (json) console.log(JSON.stringify({ session, engine, path, nextInSeqNum, nextOutSeqNum, messages, left }));
  else
    console.log(
      `${session}: next in ${nextInSeqNum}, next out ${nextOutSeqNum}, from ${engine}’s ${path}; ${messages} messages sent came along, ${left} did not`,
    );
}

/** Returns how many messages came along. */
function takeOver(from: ForeignStore, { session, config, store }: Options): number {
  if (store !== undefined) return takeOverStore(from, { folder: store, session }, systemNowNs());
  const { nextInSeqNum, nextOutSeqNum } = from;
  takeOverSession(loadConfig(config ?? ''), session, { nextInSeqNum, nextOutSeqNum });
  return 0;
}

/** `headrace fix import-store`. */
export function importStoreCommand(): Command {
  return new Command('import-store')
    .summary('take over the numbers of a QuickFIX file store')
    .description('Takes over the sequence numbers of a session from a file store of QuickFIX or QuickFIX/J.')
    .argument('<folder>', 'what FileStorePath named')
    .requiredOption('--session <name>', 'FIX.4.4:SENDER->TARGET, our name first')
    .option('--config <file>', "into the ledger of this configuration's dataDir")
    .option('--store <folder>', 'into a file store of the library')
    .option('--json', 'report as one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(runImportStore);
}
