import { readFileSync } from 'node:fs';
import { connect as connectPlain, createServer as createPlain, type Server, type Socket } from 'node:net';
import { connect as connectTls, createServer as createTls } from 'node:tls';

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
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

function readPem(path: string | undefined): Buffer | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new ConfigError('HR_TLS_FILE', `${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

function pemsOf(tls: TlsOptions): { cert?: Buffer; key?: Buffer; ca?: Buffer } {
  const [cert, key, ca] = [readPem(tls.cert), readPem(tls.key), readPem(tls.ca)];
  return { ...(cert && { cert }), ...(key && { key }), ...(ca && { ca }) };
}

/** A server that hands over each connection once it may be read: over TLS, after the handshake. */
export function createServer(tls: TlsOptions | undefined, onSocket: (socket: Socket) => void): Server {
  if (tls === undefined) return createPlain({ noDelay: true }, onSocket);
  const mutual = tls.ca !== undefined;
  const options = { ...pemsOf(tls), requestCert: mutual, rejectUnauthorized: mutual, handshakeTimeout: 10_000 };
  return createTls(options, onSocket);
}

/** Opens a connection; `onReady` is called once it may be written to. Failures come as the socket's 'error' and 'close'. */
export function openSocket(to: Address, tls: TlsOptions | undefined, onReady: (socket: Socket) => void): Socket {
  if (tls === undefined) {
    const socket = connectPlain(to, () => onReady(socket));
    return socket;
  }
  const servername = tls.serverName ?? (/^[\d.:]+$/.test(to.host) ? undefined : to.host);
  const secure = connectTls({ ...to, ...pemsOf(tls), ...(servername !== undefined && { servername }) }, () =>
    onReady(secure),
  );
  return secure;
}
