import { readFileSync, statSync } from 'node:fs';
import { connect as connectPlain, createServer as createPlain, type Server, type Socket } from 'node:net';
import { TLSSocket, connect as connectTls, createServer as createTls, type Server as TlsServer } from 'node:tls';

import { ConfigError } from '../model/index.js';

/** TLS of a listener or a connection; paths name PEM files. */
export interface TlsOptions {
  /** Our certificate and its key; an initiator needs them only where the peer asks for one. */
  readonly cert?: string;
  readonly key?: string;
  /** Authorities the peer's certificate must come from. On a listener: every client must show one (mTLS). */
  readonly ca?: string;
  /** The name an initiator expects in the peer's certificate, and sends (SNI); the host unless told. */
  readonly serverName?: string;
  /** TLSv1.2 unless told. */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
  /** Ciphers by OpenSSL's names, colons between; those of Node.js unless told. */
  readonly ciphers?: string;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** PEM files are looked at so often. */
const LOOK_MS = 1_000;

function readPem(path: string | undefined): Buffer | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new ConfigError('HR_TLS_FILE', `${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

interface SecureOptions {
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly ca?: Buffer;
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  readonly ciphers?: string;
}

function secureOptions(tls: TlsOptions): SecureOptions {
  const [cert, key, ca] = [readPem(tls.cert), readPem(tls.key), readPem(tls.ca)];
  const { minVersion = 'TLSv1.2', ciphers } = tls;
  return { ...(cert && { cert }), ...(key && { key }), ...(ca && { ca }), minVersion, ...(ciphers && { ciphers }) };
}

/** Which files these are, as far as that is seen without reading them. */
function stampOf({ cert, key, ca }: TlsOptions): string {
  const stamps = [cert, key, ca].map(path => {
    const file = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
    return file === undefined ? '' : `${file.ino} ${file.size} ${file.mtimeMs}`;
  });
  return stamps.join(', ');
}

/**
 * The certificates of a listener, read again when a file changed or `reload` is called. Connections that stand keep theirs; files that
 * cannot be used leave the ones in use, and are tried again when they change.
 */
export class ListenerCertificates {
  #stamp: string;
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly server: TlsServer,
    private readonly tls: TlsOptions,
    private readonly onReload: (error?: Error) => void,
  ) {
    this.#stamp = stampOf(tls);
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#timer.unref();
  }

  reload(): void {
    this.#stamp = stampOf(this.tls);
    try {
      this.server.setSecureContext(secureOptions(this.tls));
      this.onReload();
    } catch (error) {
      this.onReload(error as Error);
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    if (stampOf(this.tls) !== this.#stamp) this.reload();
  }
}

/** A server that hands over each connection once it may be read: over TLS, after the handshake. Throws ConfigError (HR_TLS_FILE). */
export function createServer(tls: TlsOptions | undefined, onSocket: (socket: Socket) => void): Server | TlsServer {
  if (tls === undefined) return createPlain({ noDelay: true }, onSocket);
  const mutual = tls.ca !== undefined;
  const asked = { requestCert: mutual, rejectUnauthorized: mutual, handshakeTimeout: 10_000 };
  return createTls({ ...secureOptions(tls), ...asked }, onSocket);
}

/** Opens a connection; `onReady` is called once it may be written to. Failures come as the socket's 'error' and 'close'. */
export function openSocket(to: Address, tls: TlsOptions | undefined, onReady: (socket: Socket) => void): Socket {
  if (tls === undefined) {
    const socket = connectPlain(to, () => onReady(socket));
    return socket;
  }
  const servername = tls.serverName ?? (/^[\d.:]+$/.test(to.host) ? undefined : to.host);
  const secure = connectTls({ ...to, ...secureOptions(tls), ...(servername !== undefined && { servername }) }, () =>
    onReady(secure),
  );
  return secure;
}

// Node quotes a value that holds a comma or a quote as JSON, so that it cannot pass for another entry.
const ALTERNATIVE_NAME = /(?:^|, )(DNS|URI|email):("(?:[^"\\]|\\.)*"|[^,]*)/g;

/** Common name and alternative names of the certificate a peer has shown and that was verified; none where it was not asked for one. */
export function certificateNames(socket: Socket): readonly string[] {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return [];
  const { subject, subjectaltname = '' } = socket.getPeerCertificate();
  const common: unknown = (subject as unknown as Record<string, unknown> | undefined)?.['CN'];
  const alternative = [...subjectaltname.matchAll(ALTERNATIVE_NAME)].map(([, , value = '']) =>
    value.startsWith('"') ? String(JSON.parse(value)) : value,
  );
  return [common, ...alternative].flat().filter(name => typeof name === 'string');
}
