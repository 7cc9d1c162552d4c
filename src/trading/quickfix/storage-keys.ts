import { flag, note, onlyAs, taken, unsupported, words, type KeyRow } from './key-row.js';

const IN_LEDGER =
  'the ledger in dataDir keeps numbers and messages; headrace fix import-store takes over the numbers of this folder';
const IN_JOURNAL =
  'every message in and out stands in the ledger, or in the session’s file store: headrace audit tail, headrace audit search';
const DATABASE_STORE = 'keep the session in a file store (FileStorePath) first, then headrace fix import-store';
const DATABASE_LOG = 'the journal has every message; bring its topics to the database by a sink';
const DICTIONARY = 'the gateway checks messages with its built-in dictionary; own fields have tags from 5000 on';

const DATABASES = ['MySQL', 'PostgreSQL'];
const STORE_PARTS = ['UseConnectionPool', 'Database', 'User', 'Password', 'Host', 'Port'];
const LOG_PARTS = [...STORE_PARTS, 'IncomingTable', 'OutgoingTable', 'EventTable'];

/** Keys of stores and dictionaries. */
export const STORAGE_KEYS: readonly KeyRow[] = [
  taken(
    'FileStorePath',
    'both',
    words((draft, value) => (draft.storeFolder = value)),
    {
      isNote: true,
      remedy: IN_LEDGER,
    },
  ),
  taken(
    'FileStoreSync',
    'QuickFIX/J',
    flag((draft, isSet) => (draft.storeSync = isSet)),
    {
      isNote: true,
      remedy: 'journal.durability of gateway.yaml says what an acknowledged order survives',
    },
  ),
  note('FileStoreMaxCachedMsgs', 'QuickFIX/J', 'what was sent is read from the disk when it is asked for again'),
  taken(
    'PersistMessages',
    'both',
    flag((draft, isSet) => (draft.persistMessages = isSet)),
    {
      usual: ['Y'],
      remedy: 'the ledger keeps every message; an order is resent by venue.resendOrdersWithinMs, 0 gap-fills all',
    },
  ),
  onlyAs('ForceResendWhenCorruptedStore', 'QuickFIX/J', ['N'], 'numbers the store does not have are gap-filled'),
  ...DATABASES.flatMap(name => STORE_PARTS.map(part => unsupported(`${name}Store${part}`, 'QuickFIX', DATABASE_STORE))),
  ...['User', 'Password', 'ConnectionString'].map(part => unsupported(`OdbcStore${part}`, 'QuickFIX', DATABASE_STORE)),
  ...['DataSourceName', 'Driver', 'URL', 'User', 'Password', 'StoreMessagesTableName', 'StoreSessionsTableName'].map(
    part => unsupported(`Jdbc${part}`, 'QuickFIX/J', DATABASE_STORE),
  ),
  ...['SessionIdDefaultPropertyValue', 'MaxActiveConnection', 'MaxActiveTime', 'MaxConnectionLifeTime'].map(part =>
    unsupported(`Jdbc${part}`, 'QuickFIX/J', DATABASE_STORE),
  ),
  ...['SimultaneousBuildThrottle', 'MinIdleConnection', 'ConnectionTestQuery', 'ConnectionKeepaliveTime'].map(part =>
    unsupported(`Jdbc${part}`, 'QuickFIX/J', DATABASE_STORE),
  ),
  unsupported('JdbcConnectionTimeout', 'QuickFIX/J', DATABASE_STORE),
  unsupported('JdbcConnectionIdleTimeout', 'QuickFIX/J', DATABASE_STORE),
  taken(
    'DataDictionary',
    'both',
    words((draft, value) => draft.dictionaries.set('', value)),
    { remedy: DICTIONARY },
  ),
  taken(
    'TransportDataDictionary',
    'both',
    words((draft, value) => (draft.transportDictionary = value)),
    {
      remedy: DICTIONARY,
    },
  ),
  taken(
    'AppDataDictionary',
    'both',
    words((draft, value, suffix) => draft.dictionaries.set(suffix, value)),
    {
      suffixed: 'version',
      remedy: DICTIONARY,
    },
  ),
];

/** Keys of logs. */
export const LOG_KEYS: readonly KeyRow[] = [
  ...['FileLogPath', 'FileLogBackupPath', 'FileLogHeartbeats'].map(key => note(key, 'both', IN_JOURNAL)),
  note('FileIncludeMilliseconds', 'QuickFIX/J', 'every time has milliseconds'),
  note('FileIncludeTimeStampForMessages', 'QuickFIX/J', 'every message has its time'),
  ...['ShowIncoming', 'ShowOutgoing', 'ShowEvents', 'Events', 'ShowHeartBeats', 'IncludeMilliseconds'].map(part =>
    note(
      `ScreenLog${part}`,
      'both',
      'log lines are JSON on standard error, by logLevel; messages stand in the journal',
    ),
  ),
  ...['EventCategory', 'ErrorEventCategory', 'IncomingMessageCategory', 'OutgoingMessageCategory'].map(part =>
    note(`SLF4JLog${part}`, 'QuickFIX/J', 'log lines are JSON on standard error, by logLevel'),
  ),
  note('SLF4JLogPrependSessionID', 'QuickFIX/J', 'a log line has the session as a field'),
  note('SLF4JLogHeartbeats', 'QuickFIX/J', IN_JOURNAL),
  ...DATABASES.flatMap(name => LOG_PARTS.map(part => unsupported(`${name}Log${part}`, 'QuickFIX', DATABASE_LOG))),
  ...['User', 'Password', 'ConnectionString', 'IncomingTable', 'OutgoingTable', 'EventTable'].map(part =>
    unsupported(`OdbcLog${part}`, 'QuickFIX', DATABASE_LOG),
  ),
  ...['HeartBeats', 'IncomingTable', 'OutgoingTable', 'EventTable'].map(part =>
    unsupported(`JdbcLog${part}`, 'QuickFIX/J', DATABASE_LOG),
  ),
];
