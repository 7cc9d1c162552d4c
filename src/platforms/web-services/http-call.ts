import { readFileSync } from 'node:fs';
import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { resolve } from 'node:path';

import { ConfigError, ConnectionError, TimeoutError } from '../../model/index.js';

/** One attempt of a call. */
export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: Buffer;
  readonly contentType: string;
  /** What Retry-After says in seconds, in ms. */
  readonly retryAfterMs: number | undefined;
}

export interface HttpLimits {
  readonly timeoutMs: number;
  readonly responseBytesMax: number;
}

export interface CallTls {
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly ca?: string | undefined;
  readonly serverName?: string | undefined;
}

/** Certificates of a client, read once; relative paths begin at `folder`. Throws ConfigError (HR_TLS_FILE). */
export function readTls({ cert, key, ca, serverName }: CallTls, folder: string): Record<string, Buffer | string> {
  const files = Object.entries({ cert, key, ca }).flatMap(([name, path]) =>
    path === undefined ? [] : [[name, readPem(resolve(folder, path))] as const],
  );
  return { ...Object.fromEntries(files), ...(serverName !== undefined && { servername: serverName }) };
}

function readPem(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new ConfigError('HR_TLS_FILE', `${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/**
 * One request and its answer, whatever its status; no redirect is followed. Rejects with TimeoutError (HR_PLATFORM_TIMEOUT) when the whole takes longer than it
 * may, with ConnectionError (HR_PLATFORM_HTTP) when the service cannot be reached, goes away, or says too much.
 */
export function callOnce(
  { method, url, headers, body }: HttpRequest,
  tls: Record<string, Buffer | string>,
  { timeoutMs, responseBytesMax }: HttpLimits,
): Promise<HttpAnswer> {
  const place = `${method} ${url.origin}${url.pathname}`;
  const signal = AbortSignal.timeout(timeoutMs);
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const options = { method, headers: { ...headers, ...length }, signal, agent: false as const };
  return new Promise((settle, reject) => {
    const fail = (cause: Error): void => {
      if (signal.aborted)
        reject(
          new TimeoutError('HR_PLATFORM_TIMEOUT', `${place}: no answer within ${timeoutMs} ms`, {
            cause,
            retryable: true,
          }),
        );
      else reject(new ConnectionError('HR_PLATFORM_HTTP', `${place}: ${cause.message}`, { cause, retryable: true }));
    };
    const request = url.protocol === 'https:' ? requestTls(url, { ...options, ...tls }) : requestPlain(url, options);
    request.on('error', fail);
    request.on('response', response => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('error', fail);
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size <= responseBytesMax) return void chunks.push(chunk);
        fail(new Error(`the answer is longer than ${responseBytesMax} bytes`));
        request.destroy();
      });
      response.on('aborted', () => fail(new Error('the answer was cut off')));
      response.on('end', () =>
        settle({
          status: response.statusCode ?? 0,
          body: Buffer.concat(chunks),
          contentType: response.headers['content-type'] ?? '',
          retryAfterMs: retryAfter(response.headers['retry-after']),
        }),
      );
    });
    request.end(body);
  });
}

function retryAfter(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) * 1_000 : undefined;
}
