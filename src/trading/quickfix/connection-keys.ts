import { flag, note, onlyAs, taken, unsupported, whole, words, type KeyRow, type SessionDraft } from './key-row.js';

const PORT_MAX = 65_535;
const JAVA_STORE = 'export it to PEM (keytool, then openssl pkcs12) and name cert, key and ca of the TLS options';
const PROXY = 'connect through a tunnel (ssh, stunnel) and name its end as SocketConnectHost';
const SYSTEM = 'set it for the whole machine (sysctl), or leave it to the system';

/** QuickFIX/J also takes a list, `5;2x10`: the last wait of it is the one that goes on. */
function reconnectSeconds(value: string, draft: SessionDraft): string | undefined {
  const last = /^(?:\d+[x*])?(\d{1,6})$/.exec(value.split(';').at(-1)?.trim() ?? '');
  if (last === null || Number(last[1]) < 1) return 'must be seconds, or a list such as 5;2x10';
  draft.reconnectSeconds = Number(last[1]);
  return undefined;
}

/** Keys that say where the session is reached. */
export const CONNECTION_KEYS: readonly KeyRow[] = [
  taken(
    'SocketConnectHost',
    'both',
    words((draft, value, suffix) => (draft.hosts[Number(suffix)] = value)),
    {
      suffixed: 'number',
      yaml: true,
    },
  ),
  taken(
    'SocketConnectPort',
    'both',
    whole(1, PORT_MAX, (draft, value, at) => (draft.ports[at] = value)),
    {
      suffixed: 'number',
      yaml: true,
    },
  ),
  taken(
    'SocketAcceptPort',
    'both',
    whole(0, PORT_MAX, (draft, value) => (draft.acceptPort = value)),
    { yaml: true },
  ),
  taken(
    'SocketAcceptAddress',
    'QuickFIX/J',
    words((draft, value) => (draft.acceptHost = value)),
    { yaml: true },
  ),
  taken('ReconnectInterval', 'both', reconnectSeconds, { yaml: true }),
  onlyAs('SocketConnectProtocol', 'QuickFIX/J', ['TCP'], 'sessions are reached over TCP'),
  onlyAs('SocketAcceptProtocol', 'QuickFIX/J', ['TCP'], 'sessions are reached over TCP'),
  unsupported('SocketConnectSourceHost', 'QuickFIX', 'choose the route by the system’s routing table'),
  unsupported('SocketConnectSourcePort', 'QuickFIX', 'choose the route by the system’s routing table'),
  unsupported('SocketLocalHost', 'QuickFIX/J', 'choose the route by the system’s routing table'),
  unsupported('SocketLocalPort', 'QuickFIX/J', 'choose the route by the system’s routing table'),
  unsupported('SocketConnectTimeout', 'QuickFIX/J', 'a connection that is not there after 10 s is given up'),
  unsupported(
    'AllowedRemoteAddresses',
    'QuickFIX/J',
    'let the firewall say who may connect, or ask for certificates (TLS with ca)',
  ),
  onlyAs('SocketNodelay', 'QuickFIX', ['Y'], 'what one turn of the loop writes leaves at once, in one write'),
  onlyAs('SocketTcpNoDelay', 'QuickFIX/J', ['Y'], 'what one turn of the loop writes leaves at once, in one write'),
  note('SocketReuseAddress', 'both', 'a port is taken again after a restart, as SocketReuseAddress=Y asks'),
  ...['SocketSendBufferSize', 'SocketReceiveBufferSize'].map(key => unsupported(key, 'both', SYSTEM)),
  onlyAs('SocketKeepAlive', 'QuickFIX/J', ['N'], 'heartbeats show a dead peer sooner'),
  onlyAs('SocketOobInline', 'QuickFIX/J', ['N'], 'FIX has no urgent data'),
  unsupported('SocketLinger', 'QuickFIX/J', 'a closing connection gets 2 s for its last bytes'),
  unsupported('SocketTrafficClass', 'QuickFIX/J', SYSTEM),
  onlyAs(
    'SocketSynchronousWrites',
    'QuickFIX/J',
    ['N'],
    'writes never wait; a peer that leaves 16 MiB unread is disconnected',
  ),
  note(
    'SocketSynchronousWriteTimeout',
    'QuickFIX/J',
    'writes never wait; a peer that leaves 16 MiB unread is disconnected',
  ),
  onlyAs('MaxScheduledWriteRequests', 'QuickFIX/J', ['0'], 'a peer that leaves 16 MiB unread is disconnected'),
  ...['ProxyType', 'ProxyVersion', 'ProxyHost', 'ProxyPort', 'ProxyUser', 'ProxyPassword', 'ProxyDomain'].map(key =>
    unsupported(key, 'QuickFIX/J', PROXY),
  ),
  unsupported('ProxyWorkstation', 'QuickFIX/J', PROXY),
  unsupported('HttpAcceptPort', 'QuickFIX', 'the gateway has its page: page.port of gateway.yaml'),
];

/** Keys of TLS: QuickFIX C++ names PEM files, QuickFIX/J Java key stores. */
export const TLS_KEYS: readonly KeyRow[] = [
  taken(
    'SocketUseSSL',
    'QuickFIX/J',
    flag((draft, isSet) => (draft.useTls = isSet)),
    { yaml: true },
  ),
  taken(
    'ServerCertificateFile',
    'QuickFIX',
    words((draft, value) => (draft.tls.cert = value)),
    { yaml: true },
  ),
  taken(
    'ServerCertificateKeyFile',
    'QuickFIX',
    words((draft, value) => (draft.tls.key = value)),
    { yaml: true },
  ),
  taken(
    'ClientCertificateFile',
    'QuickFIX',
    words((draft, value) => (draft.tls.cert = value)),
    { yaml: true },
  ),
  taken(
    'ClientCertificateKeyFile',
    'QuickFIX',
    words((draft, value) => (draft.tls.key = value)),
    { yaml: true },
  ),
  taken(
    'CertificationAuthoritiesFile',
    'QuickFIX',
    words((draft, value) => (draft.tls.ca = value)),
    { yaml: true },
  ),
  unsupported(
    'CertificationAuthoritiesDirectory',
    'QuickFIX',
    'put the authorities into one file, CertificationAuthoritiesFile',
  ),
  unsupported(
    'CertificateRevocationListFile',
    'QuickFIX',
    'let authorities give short-lived certificates: no list is read',
  ),
  unsupported(
    'CertificateRevocationListDirectory',
    'QuickFIX',
    'let authorities give short-lived certificates: no list is read',
  ),
  unsupported(
    'CertificateVerifyLevel',
    'QuickFIX',
    'with CertificationAuthoritiesFile every peer must show a certificate, without it none',
  ),
  unsupported(
    'SSLProtocol',
    'QuickFIX',
    'TLS 1.2 and 1.3 are spoken; start Node.js with --tls-min-v1.3 for the last alone',
  ),
  unsupported('SSLCipherSuite', 'QuickFIX', 'start Node.js with --tls-cipher-list'),
  ...['SocketKeyStore', 'SocketKeyStorePassword', 'SocketTrustStore', 'SocketTrustStorePassword'].map(key =>
    unsupported(key, 'QuickFIX/J', JAVA_STORE),
  ),
  ...['KeyStoreType', 'TrustStoreType', 'KeyManagerFactoryAlgorithm', 'TrustManagerFactoryAlgorithm'].map(key =>
    unsupported(key, 'QuickFIX/J', JAVA_STORE),
  ),
  unsupported('NeedClientAuth', 'QuickFIX/J', 'name ca of the TLS options: then every client must show a certificate'),
  unsupported(
    'EnabledProtocols',
    'QuickFIX/J',
    'TLS 1.2 and 1.3 are spoken; start Node.js with --tls-min-v1.3 for the last alone',
  ),
  unsupported('CipherSuites', 'QuickFIX/J', 'start Node.js with --tls-cipher-list'),
  onlyAs('UseSNI', 'QuickFIX/J', ['Y'], 'the host’s name is always sent'),
  taken(
    'SNIHostName',
    'QuickFIX/J',
    words((draft, value) => (draft.tls.serverName = value)),
  ),
  onlyAs(
    'EndpointIdentificationAlgorithm',
    'QuickFIX/J',
    ['HTTPS'],
    'an initiator always checks the name in the certificate',
  ),
];
