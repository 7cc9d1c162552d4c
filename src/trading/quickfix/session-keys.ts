import { APPL_VER_ID, type TimestampDecimals } from '../../codec/index.js';
import {
  NOT_SUPPORTED,
  flag,
  note,
  onlyAs,
  taken,
  unsupported,
  whole,
  words,
  type KeyRow,
  type SessionDraft,
} from './key-row.js';

const SECONDS_MAX = 86_400;
const DECIMALS: Readonly<Record<string, TimestampDecimals>> = {
  SECONDS: 0,
  MILLIS: 3,
  MICROS: 6,
  NANOS: 9,
  '0': 0,
  '3': 3,
  '6': 6,
  '9': 9,
};

function timestampDecimals(value: string, { settings }: SessionDraft): string | undefined {
  const decimals = DECIMALS[value.toUpperCase()];
  if (decimals === undefined) return 'must be 0, 3, 6 or 9, or SECONDS, MILLIS, MICROS or NANOS';
  settings.timestampDecimals = decimals;
  return undefined;
}

function defaultApplVerID(value: string, { settings }: SessionDraft): string | undefined {
  const version = APPL_VER_ID[value] ?? value;
  if (!Object.values(APPL_VER_ID).includes(version))
    return 'must be an ApplVerID such as 9, or a version such as FIX.5.0SP2';
  settings.defaultApplVerID = version;
  return undefined;
}

/** Keys that say what the session is, and how it checks what comes. */
export const SESSION_KEYS: readonly KeyRow[] = [
  taken(
    'BeginString',
    'both',
    words((draft, value) => (draft.settings.beginString = value)),
    { yaml: true },
  ),
  taken(
    'SenderCompID',
    'both',
    words((draft, value) => (draft.settings.senderCompID = value)),
    { yaml: true },
  ),
  taken(
    'TargetCompID',
    'both',
    words((draft, value) => (draft.settings.targetCompID = value)),
    { yaml: true },
  ),
  taken(
    'SenderSubID',
    'QuickFIX/J',
    words((draft, value) => (draft.settings.senderSubID = value)),
  ),
  taken(
    'TargetSubID',
    'QuickFIX/J',
    words((draft, value) => (draft.settings.targetSubID = value)),
  ),
  unsupported(
    'SenderLocationID',
    'QuickFIX/J',
    'SenderLocationID (142) is not written; ask the counterparty whether it reads it',
  ),
  unsupported(
    'TargetLocationID',
    'QuickFIX/J',
    'TargetLocationID (143) is not written; ask the counterparty whether it reads it',
  ),
  unsupported(
    'SessionQualifier',
    'both',
    'two sessions with the same names need a process each; import each from a file of its own',
  ),
  taken('DefaultApplVerID', 'both', defaultApplVerID, { yaml: true }),
  taken('ConnectionType', 'both', connectionType, { yaml: true }),
  note('Description', 'QuickFIX/J', 'a comment beside the session'),
  taken(
    'HeartBtInt',
    'both',
    whole(0, 3_600, (draft, value) => (draft.settings.heartBtIntSeconds = value)),
    { yaml: true },
  ),
  taken(
    'LogonTimeout',
    'both',
    whole(1, SECONDS_MAX, (draft, value) => (draft.settings.logonTimeoutSeconds = value)),
  ),
  taken(
    'LogoutTimeout',
    'both',
    whole(1, SECONDS_MAX, (draft, value) => (draft.settings.logoutTimeoutSeconds = value)),
  ),
  taken(
    'ResetOnLogon',
    'both',
    flag((draft, isSet) => (draft.settings.resetOnLogon = isSet)),
    { yaml: true },
  ),
  taken(
    'ResetOnLogout',
    'both',
    flag((draft, isSet) => (draft.settings.resetOnLogout = isSet)),
    { yaml: true },
  ),
  taken(
    'ResetOnDisconnect',
    'both',
    flag((draft, isSet) => (draft.settings.resetOnDisconnect = isSet)),
    { yaml: true },
  ),
  taken(
    'CheckCompID',
    'both',
    flag((draft, isSet) => (draft.settings.checkCompID = isSet)),
  ),
  taken(
    'CheckLatency',
    'both',
    flag((draft, isSet) => (draft.checkLatency = isSet)),
    { usual: ['Y'] },
  ),
  taken(
    'MaxLatency',
    'both',
    whole(1, SECONDS_MAX, (draft, value) => (draft.settings.maxLatencySeconds = value)),
  ),
  taken(
    'RequiresOrigSendingTime',
    'QuickFIX/J',
    flag((draft, isSet) => (draft.settings.requiresOrigSendingTime = isSet)),
  ),
  taken(
    'MillisecondsInTimeStamp',
    'both',
    flag((draft, isSet) => (draft.settings.timestampDecimals = isSet ? 3 : 0)),
  ),
  taken('TimestampPrecision', 'both', timestampDecimals),
  taken(
    'UseDataDictionary',
    'both',
    flag((draft, isSet) => (draft.settings.useDictionary = isSet)),
  ),
  taken(
    'ValidateIncomingMessage',
    'QuickFIX/J',
    flag((draft, isSet) => (draft.settings.useDictionary = isSet)),
  ),
  taken(
    'ValidateLengthAndChecksum',
    'QuickFIX',
    flag((draft, isSet) => (draft.settings.validateLength = draft.settings.validateChecksum = isSet)),
  ),
  taken(
    'ValidateChecksum',
    'QuickFIX/J',
    flag((draft, isSet) => (draft.settings.validateChecksum = isSet)),
  ),
  taken(
    'ValidateFieldsOutOfOrder',
    'both',
    flag((draft, isSet) => (draft.validation.validateFieldsOutOfOrder = isSet)),
  ),
  taken(
    'ValidateUnorderedGroupFields',
    'QuickFIX/J',
    flag((draft, isSet) => (draft.validation.validateUnorderedGroupFields = isSet)),
  ),
  taken(
    'ValidateFieldsHaveValues',
    'both',
    flag((draft, isSet) => (draft.validation.validateFieldsHaveValues = isSet)),
  ),
  taken(
    'ValidateUserDefinedFields',
    'both',
    flag((draft, isSet) => (draft.validation.validateUserDefinedFields = isSet)),
  ),
  taken(
    'AllowUnknownMsgFields',
    'both',
    flag((draft, isSet) => (draft.validation.allowUnknownMessageFields = isSet)),
  ),
  taken(
    'RejectGarbledMessage',
    'QuickFIX/J',
    flag((draft, isSet) => (draft.settings.rejectGarbledMessage = isSet)),
  ),
  taken(
    'EnableNextExpectedMsgSeqNum',
    'QuickFIX/J',
    flag((draft, isSet) => (draft.settings.enableNextExpectedMsgSeqNum = isSet)),
  ),
  taken(
    'SendNextExpectedMsgSeqNum',
    'QuickFIX',
    flag((draft, isSet) => (draft.settings.enableNextExpectedMsgSeqNum = isSet)),
  ),
  taken(
    'EnableLastMsgSeqNumProcessed',
    'QuickFIX/J',
    flag((draft, isSet) => (draft.settings.enableLastMsgSeqNumProcessed = isSet)),
  ),
  taken(
    'ResendRequestChunkSize',
    'QuickFIX/J',
    whole(0, 1_000_000_000, (draft, value) => (draft.settings.resendRequestChunkSize = value)),
  ),
  onlyAs(
    'ValidateSequenceNumbers',
    'QuickFIX/J',
    ['Y'],
    'MsgSeqNum is always checked: without that messages are lost unseen',
  ),
  onlyAs(
    'RejectInvalidMessage',
    'QuickFIX/J',
    ['Y'],
    'switch off the rule that refuses too much, such as ValidateUserDefinedFields',
  ),
  onlyAs('RejectMessageOnUnhandledException', 'QuickFIX/J', ['N'], 'answer unsupportedMessageType from onMessage'),
  onlyAs('ClosedResendInterval', 'QuickFIX/J', ['N'], 'ResendRequestChunkSize asks for a gap by its last number'),
  onlyAs(
    'SendRedundantResendRequests',
    'both',
    ['N'],
    'a gap is asked for again when nothing of it came for a HeartBtInt',
  ),
  onlyAs('IgnorePossDupResendRequests', 'QuickFIX', ['N'], 'a repeated ResendRequest is answered once more'),
  onlyAs(
    'PreserveMessageFieldsOrder',
    'QuickFIX',
    ['N'],
    'fields of a message leave in the order the program writes them',
  ),
  onlyAs('AllowPosDup', 'QuickFIX/J', ['N'], 'PossDupFlag stands only in a message that is resent'),
  onlyAs(
    'DisableHeartBeatCheck',
    'QuickFIX/J',
    ['N'],
    'HeartBtInt=0 goes without heartbeats, where the counterparty agrees',
  ),
  onlyAs(
    'HeartBeatTimeoutMultiplier',
    'QuickFIX/J',
    ['1.4'],
    'a silent counterparty is asked after 1.2 and left after 2.4 HeartBtInts',
  ),
  onlyAs(
    'TestRequestDelayMultiplier',
    'QuickFIX/J',
    ['0.5'],
    'a silent counterparty is asked after 1.2 and left after 2.4 HeartBtInts',
  ),
  taken('LogonTag', 'QuickFIX/J', logonTag, { suffixed: 'number' }),
  onlyAs('SendResetSeqNumFlag', 'QuickFIX', ['N'], 'ResetOnLogon=Y sends ResetSeqNumFlag'),
  note('ContinueInitializationOnError', 'QuickFIX/J', 'one bad session refuses the file, all faults at once'),
  onlyAs(
    'RefreshOnLogon',
    'both',
    ['N'],
    'one process owns a session’s numbers; start the other when this one has ended',
  ),
  onlyAs('DynamicSession', 'QuickFIX/J', ['N'], 'leave the session out of the file until it is wanted'),
  onlyAs(
    'AcceptorTemplate',
    'QuickFIX/J',
    ['N'],
    'name each counterparty in a [SESSION] of its own, or make them by engine.addTemplate of the library',
  ),
  note('LogMessageWhenSessionNotFound', 'QuickFIX/J', 'a Logon without a session is always told'),
  taken(
    'ResetOnError',
    'QuickFIX/J',
    flag((draft, isSet) => (draft.settings.resetOnError = isSet)),
  ),
  taken(
    'DisconnectOnError',
    'QuickFIX/J',
    flag((draft, isSet) => (draft.settings.disconnectOnError = isSet)),
  ),
];

function connectionType(value: string, { settings }: SessionDraft): string | undefined {
  const role = value.toLowerCase();
  if (role !== 'acceptor' && role !== 'initiator') return 'must be acceptor or initiator';
  settings.role = role;
  return undefined;
}

/** `553=name` or `554=secret`; a Logon of ours has no other fields to be chosen. */
function logonTag(value: string, { settings }: SessionDraft): string | undefined {
  const [, tag, text] = /^\s*(\d+)\s*=(.+)$/.exec(value) ?? [];
  if (text === undefined) return 'must be Tag=Value';
  if (tag === '553') settings.username = text;
  else if (tag === '554') settings.password = text;
  else return NOT_SUPPORTED;
  return undefined;
}
