import t from 'tap';

import { SETTINGS_KEYS, planSessions, readSettings, rowOf, type SessionPlans } from '../../../src/trading/index.js';

const plan = (text: string, variables: Record<string, string> = {}): SessionPlans =>
  planSessions(readSettings(text, { file: 'desk.cfg', variables }));

const told = ({ findings }: SessionPlans): string[] => findings.map(({ line, kind, key }) => `${line} ${kind} ${key}`);

const INITIATOR = `[DEFAULT]
ConnectionType=initiator
HeartBtInt=20
[SESSION]
BeginString=FIX.4.4
SenderCompID=DESK
TargetCompID=EXCHANGE
SocketConnectHost=10.0.0.1
SocketConnectPort=9823
`;

t.test('a session has what [DEFAULT] says, and what it says itself counts', async t => {
  const { plans, findings } = plan(`# desk
[DEFAULT]
ConnectionType=initiator
ReconnectInterval=60
SenderCompID=TW
HeartBtInt=30

[SESSION]
BeginString=FIX.4.1
TargetCompID=ARCA
HeartBtInt=20
SocketConnectPort=9823
SocketConnectHost=123.123.123.123
[SESSION]
BeginString=FIX.4.2
TargetCompID=INCA
ReconnectInterval=30
SocketConnectPort=6523
SocketConnectHost=3.3.3.3
SocketConnectPort1=8392
SocketConnectHost1=8.8.8.8
`);
  t.same(findings, []);
  t.same(
    plans.map(({ name, settings, hosts, reconnectSeconds }) => [
      name,
      settings.heartBtIntSeconds,
      hosts,
      reconnectSeconds,
    ]),
    [
      ['FIX.4.1:TW->ARCA', 20, [{ host: '123.123.123.123', port: 9823 }], 60],
      [
        'FIX.4.2:TW->INCA',
        30,
        [
          { host: '3.3.3.3', port: 6523 },
          { host: '8.8.8.8', port: 8392 },
        ],
        30,
      ],
    ],
  );
});

t.test('keys and sections are found in any case, white space and line ends of all kinds are passed over', async t => {
  const { plans, findings } = plan(
    `\ufeff  [default]\r\nCONNECTIONTYPE = acceptor \r\nsocketacceptport=9880\r\n[Session]\rbeginstring=FIX.4.4\nSENDERCOMPID=A\nTargetCompID=B b\n`,
  );
  t.same(findings, []);
  t.same([plans[0]?.name, plans[0]?.accept], ['FIX.4.4:A->B b', { host: '0.0.0.0', port: 9880 }]);
});

t.test('a value may hold # and =, and of a repeated key the last counts, as a note says', async t => {
  const result = plan(`${INITIATOR}SenderSubID=a#b=c\nHeartBtInt=5\nHeartBtInt=7\n`);
  t.same([result.plans[0]?.settings.senderSubID, result.plans[0]?.settings.heartBtIntSeconds], ['a#b=c', 7]);
  t.same(told(result), ['11 note HeartBtInt']);
});

t.test('${name} is a variable, \\${name} is not, and one that is not set refuses the file', async t => {
  const text = `${INITIATOR}SenderSubID=\${SUB}-1\nTargetSubID=\\\${SUB}\n`;
  t.same(plan(text, { SUB: 'x' }).plans[0]?.settings.senderSubID, 'x-1');
  t.same(plan(text, { SUB: 'x' }).plans[0]?.settings.targetSubID, '\\${SUB}');
  t.same(told(plan(text)), ['10 invalid SenderSubID']);
});

t.test('what the two engines read in different ways is refused with its line', async t => {
  const text = `Early=1\n${INITIATOR}[DEFAULT]\nCheckLatency=N\n[OTHER]\nKey=1\nnothing\n`;
  t.same(told(plan(text)), [
    '1 invalid Early',
    '11 invalid [DEFAULT]',
    '13 invalid [OTHER]',
    '14 invalid Key',
    '15 invalid nothing',
  ]);
});

t.test('a session without what it needs, or with a wrong value, is left out and told', async t => {
  t.match(
    plan('[SESSION]\nBeginString=FIX.4.4\n').findings[0]?.reason,
    /has no SenderCompID, TargetCompID, ConnectionType/,
  );
  t.same(told(plan(`${INITIATOR}ResetOnLogon=yes\nLogonTimeout=0\n`)), [
    '10 invalid ResetOnLogon',
    '11 invalid LogonTimeout',
  ]);
  t.match(plan(`${INITIATOR}SocketConnectHost2=a\nSocketConnectPort2=1\n`).findings[0]?.reason, /SocketConnectHost1/);
  const twice = plan(INITIATOR + INITIATOR.slice(INITIATOR.indexOf('[SESSION]')));
  t.match(twice.findings[0]?.reason, /FIX.4.4:DESK->EXCHANGE is the session of line 4 too/);
  t.equal(twice.plans.length, 1);
});

t.test('times become a schedule; what is no time, no day, or of two zones is refused by its line', async t => {
  const times = (text: string): unknown => plan(`${INITIATOR}${text}`).plans[0]?.settings.schedule;
  t.same(times('StartTime=00:00:00\nEndTime=00:00:00\n'), {
    kind: 'daily',
    startTime: '00:00:00',
    endTime: '00:00:00',
  });
  t.same(times('StartDay=Sun\nStartTime=22:00:00 US/Central\nEndDay=friday\nEndTime=16:00:00 US/Central\n'), {
    kind: 'weekly',
    startDay: 'sunday',
    startTime: '22:00:00',
    endDay: 'friday',
    endTime: '16:00:00',
    timeZone: 'US/Central',
  });
  t.same(times('NonStopSession=Y\nStartTime=08:00:00\n'), { kind: 'nonStop' });
  t.same(times('NonStopSession=N\n'), { kind: 'nonStop' });
  t.same(
    told(plan(`${INITIATOR}StartTime=8 o'clock\nEndDay=Sunday or so\nWeekdays=Mon,Tueday\nLogonTime=08:00:00\n`)),
    ['10 invalid StartTime', '11 invalid EndDay', '12 invalid Weekdays', '13 unsupported LogonTime'],
  );
  const faulty = (text: string): string | undefined => plan(`${INITIATOR}${text}`).findings[0]?.reason;
  t.match(faulty('StartTime=08:00:00 Europe/Berlin\nEndTime=17:00:00\n'), /in Europe\/Berlin and EndTime in UTC/);
  t.match(faulty('StartTime=08:00:00\n'), /schedule\.endTime is needed/);
  t.match(faulty('StartTime=08:00:00\nEndTime=17:00:00\nTimeZone=Mars/Olympus\n'), /timeZone is no time zone/);
});

t.test('each switch of a session is carried', async t => {
  const { plans, findings } = plan(`${INITIATOR}CheckLatency=N
ResetOnLogon=Y
ResetOnLogout=Y
ResetOnDisconnect=Y
ResetOnError=Y
DisconnectOnError=Y
CheckCompID=N
LogonTimeout=7
LogoutTimeout=3
TimeStampPrecision=MICROS
ValidateLengthAndChecksum=N
ValidateFieldsOutOfOrder=N
ValidateFieldsHaveValues=N
ValidateUserDefinedFields=N
ValidateUnorderedGroupFields=N
AllowUnknownMsgFields=Y
RejectGarbledMessage=Y
EnableNextExpectedMsgSeqNum=Y
EnableLastMsgSeqNumProcessed=Y
ResendRequestChunkSize=500
RequiresOrigSendingTime=N
UseDataDictionary=N
PersistMessages=N
FileStorePath=store
FileStoreSync=Y
ClientCertificateFile=cert.pem
ClientCertificateKeyFile=key.pem
CertificationAuthoritiesFile=/ca.pem
`);
  t.same(findings, []);
  const { validation, ...settings } = plans[0]!.settings;
  t.match(settings, {
    maxLatencySeconds: 0,
    resetOnLogon: true,
    resetOnLogout: true,
    resetOnDisconnect: true,
    resetOnError: true,
    disconnectOnError: true,
    checkCompID: false,
    logonTimeoutSeconds: 7,
    logoutTimeoutSeconds: 3,
    timestampDecimals: 6,
    validateLength: false,
    validateChecksum: false,
    rejectGarbledMessage: true,
    enableNextExpectedMsgSeqNum: true,
    enableLastMsgSeqNumProcessed: true,
    resendRequestChunkSize: 500,
    requiresOrigSendingTime: false,
    useDictionary: false,
  });
  t.match(validation, {
    validateFieldsOutOfOrder: false,
    validateUnorderedGroupFields: false,
    validateFieldsHaveValues: false,
    validateUserDefinedFields: false,
    allowUnknownMessageFields: true,
  });
  t.match(plans[0], {
    persistMessages: false,
    store: { folder: /\/store$/, sync: true },
    tls: { cert: /\/cert\.pem$/, ca: '/ca.pem' },
  });
});

t.test(
  'a key that is not supported is told with its line and a remedy, once for all sessions that inherit it',
  async t => {
    const result = plan(`[DEFAULT]
ConnectionType=acceptor
SocketAcceptPort=1
ProxyHost=proxy
SocketNodelay=Y
HeartBtInterval=3
MySQLStoreHost=db
[SESSION]
BeginString=FIX.4.4
SenderCompID=A
TargetCompID=B
[SESSION]
BeginString=FIX.4.4
SenderCompID=A
TargetCompID=C
LogonTag=553=me
LogonTag1=9999=x
`);
    t.same(told(result), [
      '4 unsupported ProxyHost',
      '6 unknown HeartBtInterval',
      '7 unsupported MySQLStoreHost',
      '17 unsupported LogonTag1',
    ]);
    t.equal(result.findings[1]?.remedy, 'did you mean HeartBtInt?');
    t.ok(result.findings.every(({ remedy }) => remedy !== ''));
  },
);

t.test('an ApplVerID and a version name the same DefaultApplVerID', async t => {
  for (const version of ['9', 'FIX.5.0SP2']) {
    const text = `${INITIATOR.replace('FIX.4.4', 'FIXT.1.1')}DefaultApplVerID=${version}\nAppDataDictionary.FIX.4.4=a.xml\n`;
    const { plans, findings } = plan(text);
    t.same(findings, []);
    t.equal(plans[0]?.settings.defaultApplVerID, 'FIX.5.0SP2');
    t.match(plans[0]?.dictionaries, [/a\.xml$/]);
  }
  t.same(told(plan(`${INITIATOR}DefaultApplVerID=12\n`)), ['10 invalid DefaultApplVerID']);
});

t.test('no text of a settings file makes the reader throw', async t => {
  const pieces = [
    '[',
    ']',
    '=',
    '#',
    '\n',
    '\r',
    '${',
    '}',
    '\\',
    'SESSION',
    'DEFAULT',
    'HeartBtInt',
    '\0',
    '9'.repeat(400),
    'Y',
  ];
  let seed = 7;
  const next = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
  for (let run = 0; run < 3_000; run++) {
    const text = Array.from({ length: next(30) }, () => pieces[next(pieces.length)]).join('');
    t.ok(Array.isArray(plan(text).plans), JSON.stringify(text).slice(0, 60));
  }
});

t.test(
  'every key of the headers of QuickFIX C++ 1.15 and of the documentation of QuickFIX/J 2.3 has a row, each once',
  async t => {
    const names = SETTINGS_KEYS.map(({ key }) => key.toLowerCase());
    t.same(names.length, new Set(names).size);
    for (const key of DOCUMENTED.trim().split(/\s+/)) t.ok(rowOf(key), key);
  },
);

// The string constants of SessionSettings.h (libquickfix-dev 1.15.1), then the IDs of QuickFIX/J's configuration page that are not among them.
const DOCUMENTED = `
BeginString SenderCompID TargetCompID SessionQualifier DefaultApplVerID ConnectionType UseDataDictionary SendResetSeqNumFlag
SendRedundantResendRequests DataDictionary TransportDataDictionary AppDataDictionary UseLocalTime StartTime EndTime StartDay EndDay
LogonTime LogoutTime LogonDay LogoutDay CheckCompID CheckLatency MaxLatency HeartBtInt SocketAcceptPort SocketReuseAddress
SocketConnectHost SocketConnectPort SocketConnectSourceHost SocketConnectSourcePort SocketNodelay SocketSendBufferSize
SocketReceiveBufferSize ReconnectInterval ValidateLengthAndChecksum ValidateFieldsOutOfOrder ValidateFieldsHaveValues
ValidateUserDefinedFields AllowUnknownMsgFields PreserveMessageFieldsOrder LogonTimeout LogoutTimeout FileStorePath
MySQLStoreUseConnectionPool MySQLStoreDatabase MySQLStoreUser MySQLStorePassword MySQLStoreHost MySQLStorePort
PostgreSQLStoreUseConnectionPool PostgreSQLStoreDatabase PostgreSQLStoreUser PostgreSQLStorePassword PostgreSQLStoreHost
PostgreSQLStorePort OdbcStoreUser OdbcStorePassword OdbcStoreConnectionString FileLogPath FileLogBackupPath ScreenLogShowIncoming
ScreenLogShowOutgoing ScreenLogShowEvents MySQLLogUseConnectionPool MySQLLogDatabase MySQLLogUser MySQLLogPassword MySQLLogHost
MySQLLogPort MySQLLogIncomingTable MySQLLogOutgoingTable MySQLLogEventTable PostgreSQLLogUseConnectionPool PostgreSQLLogDatabase
PostgreSQLLogUser PostgreSQLLogPassword PostgreSQLLogHost PostgreSQLLogPort PostgreSQLLogIncomingTable PostgreSQLLogOutgoingTable
PostgreSQLLogEventTable OdbcLogUser OdbcLogPassword OdbcLogConnectionString OdbcLogIncomingTable OdbcLogOutgoingTable OdbcLogEventTable
ResetOnLogon ResetOnLogout ResetOnDisconnect RefreshOnLogon MillisecondsInTimeStamp TimestampPrecision HttpAcceptPort PersistMessages
ServerCertificateFile ServerCertificateKeyFile ClientCertificateFile ClientCertificateKeyFile CertificationAuthoritiesFile
CertificationAuthoritiesDirectory CertificateRevocationListFile CertificateRevocationListDirectory CertificateVerifyLevel SSLProtocol
SSLCipherSuite
SenderSubID SenderLocationID TargetSubID TargetLocationID TimeZone Weekdays NonStopSession TimeStampPrecision ClosedResendInterval
AppDataDictionary.FIX.4.4 ValidateUnorderedGroupFields ValidateIncomingMessage ValidateSequenceNumbers RejectGarbledMessage
RejectInvalidMessage RejectMessageOnUnhandledException RequiresOrigSendingTime SocketConnectProtocol SocketConnectPort1 SocketConnectHost12
SocketLocalPort SocketLocalHost DynamicSession SocketAcceptAddress SocketAcceptProtocol AllowedRemoteAddresses SocketUseSSL SocketKeyStore
SocketKeyStorePassword KeyManagerFactoryAlgorithm KeyStoreType SocketTrustStore SocketTrustStorePassword TrustManagerFactoryAlgorithm
TrustStoreType NeedClientAuth EnabledProtocols CipherSuites ProxyType ProxyVersion ProxyHost ProxyPort ProxyUser ProxyPassword ProxyDomain
ProxyWorkstation SocketKeepAlive SocketOobInline SocketLinger SocketTcpNoDelay SocketTrafficClass SocketSynchronousWrites
SocketSynchronousWriteTimeout MaxScheduledWriteRequests FileStoreMaxCachedMsgs FileStoreSync JdbcDataSourceName JdbcDriver JdbcURL JdbcUser
JdbcPassword JdbcStoreMessagesTableName JdbcStoreSessionsTableName JdbcLogHeartBeats JdbcLogIncomingTable JdbcLogOutgoingTable
JdbcLogEventTable JdbcSessionIdDefaultPropertyValue JdbcMaxActiveConnection JdbcMaxActiveTime JdbcMaxConnectionLifeTime
JdbcSimultaneousBuildThrottle FileLogHeartbeats FileIncludeMilliseconds FileIncludeTimeStampForMessages SLF4JLogEventCategory
SLF4JLogIncomingMessageCategory SLF4JLogOutgoingMessageCategory SLF4JLogPrependSessionID SLF4JLogHeartbeats ScreenLogEvents
ScreenLogShowHeartBeats ResetOnError DisconnectOnError EnableLastMsgSeqNumProcessed EnableNextExpectedMsgSeqNum ResendRequestChunkSize
ContinueInitializationOnError TestRequestDelayMultiplier DisableHeartBeatCheck ForceResendWhenCorruptedStore LogonTag LogonTag1
HeartBeatTimeoutMultiplier ValidateChecksum Description
`;
